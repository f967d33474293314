// Conformance sends one compiled pipeline through the code of Kubeflow Pipelines 2.17 itself: the
// API server's template and Argo compiler, Argo's validation, then driver and launcher, task after
// task, twice. It needs no cluster: a Kubernetes API and an object store are served by this process,
// a metadata store by `tests/kubeflow/conformance/metadata.py`.
//
//	conformance PIPELINE.yaml HOST:PORT OUTPUT.json
//
// The launcher writes under /minio and the like, so `tests/kubeflow/conformance/record.py` runs it
// with another root folder, in which /usr/bin/python is this program too: the container of a step.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	workflowapi "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
)

// Report is what is written: where and why the pipeline was refused, or what it is for Argo and what
// its tasks were given.
type Report struct {
	Workflow  *workflowapi.Workflow `json:"workflow,omitempty"`
	RefusedBy string                `json:"refused_by,omitempty"`
	Why       string                `json:"why,omitempty"`
	Runs      [][]Task              `json:"runs,omitempty"`
}

// refusal says which part of Kubeflow Pipelines refused.
type refusal struct {
	by  string
	err error
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %v", r.by, r.err) }

func main() {
	if filepath.Base(os.Args[0]) == "python" {
		containerMain()
		return
	}
	report := Report{}
	if refused := judge(os.Args[1], os.Args[2], &report); refused != nil {
		report.RefusedBy, report.Why = refused.by, refused.err.Error()
	}
	text, err := json.MarshalIndent(report, "", " ")
	if err == nil {
		err = os.WriteFile(os.Args[3], append(text, '\n'), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(pipeline, metadataStore string, report *Report) *refusal {
	text, err := os.ReadFile(pipeline)
	if err != nil {
		return &refusal{"file", err}
	}
	workflow, refused := admit(text)
	if refused != nil {
		return refused
	}
	report.Workflow = workflow
	cluster, err := startCluster(metadataStore)
	if err != nil {
		return &refusal{"conformance", err}
	}
	for _, run := range []string{"first", "again"} {
		tasks, refused := cluster.run(workflow, run)
		report.Runs = append(report.Runs, tasks)
		if refused != nil {
			return refused
		}
	}
	return nil
}
