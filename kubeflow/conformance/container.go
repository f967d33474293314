package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const recorded = "/recorded.json"

// metadata is what the container says of each of its outputs: every kind that a Struct has but null,
// which the launcher refuses.
const described = `{"text": "a", "number": 0.5, "truth": true, "list": ["a", 1], "struct": {"a": 1}}`

// seen is what a container finds when it starts.
type seen struct {
	Words         []string        `json:"words"`
	ExecutorInput json.RawMessage `json:"executor_input"`
	Files         []string        `json:"files"`
}

// containerMain stands for the command of a step. It notes what it was given, then writes a file into
// each declared output (as TFX does, a folder), and describes them as TFX's entry does.
func containerMain() {
	if err := contain(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func contain() error {
	note := seen{Words: os.Args}
	for index, word := range os.Args[:len(os.Args)-1] {
		if word == "--json_serialized_invocation_args" {
			note.ExecutorInput = json.RawMessage(os.Args[index+1])
			note.Words[index+1] = "{{$}}"
		}
	}
	var err error
	if note.Files, err = files(); err != nil {
		return err
	}
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	if err := os.WriteFile(recorded, text, 0o644); err != nil {
		return err
	}
	return writeOutputs(note.ExecutorInput)
}

func writeOutputs(given []byte) error {
	input := struct {
		Outputs struct {
			Artifacts  map[string]struct{ Artifacts []map[string]any }
			OutputFile string
		}
	}{}
	if err := json.Unmarshal(given, &input); err != nil {
		return err
	}
	written := map[string]any{}
	for key, listed := range input.Outputs.Artifacts {
		if key == "executor-logs" {
			continue
		}
		artifact := listed.Artifacts[0]
		folder := "/" + strings.Replace(artifact["uri"].(string), "://", "/", 1)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(folder+"/data", []byte(key), 0o644); err != nil {
			return err
		}
		artifact["metadata"] = json.RawMessage(described)
		written[key] = map[string]any{"artifacts": []any{artifact}}
	}
	text, err := json.Marshal(map[string]any{"artifacts": written})
	if err != nil {
		return err
	}
	return os.WriteFile(input.Outputs.OutputFile, text, 0o644)
}

// scratch are the folders that Argo's template mounts empty into each pod.
var scratch = []string{"/gcs", "/minio", "/s3"}

func clearContainer() error {
	for _, folder := range scratch {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
	}
	return nil
}

func files() ([]string, error) {
	found := []string{}
	for _, folder := range scratch {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Strings(found)
	return found, nil
}
