package main

import (
	"encoding/xml"
	"io"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

// objectStore speaks as much of S3 as the launcher does: put, get and list, in a map.
type objectStore struct{ objects map[string][]byte }

type listing struct {
	XMLName  xml.Name `xml:"ListBucketResult"`
	KeyCount int
	Contents []object
}

type object struct {
	Key          string
	Size         int
	ETag         string
	LastModified string
}

const modified = "2026-01-01T00:00:00Z"

func (s *objectStore) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/"), "/")
	switch {
	case request.Method == http.MethodPut:
		data, _ := io.ReadAll(request.Body)
		s.objects[bucket+"/"+key] = data
		writer.Header().Set("ETag", tag(data))
	case key == "":
		s.list(writer, bucket+"/", request.URL.Query().Get("prefix"))
	default:
		data, found := s.objects[bucket+"/"+key]
		if !found {
			http.Error(writer, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
			return
		}
		stamp, _ := time.Parse(time.RFC3339, modified)
		writer.Header().Set("Last-Modified", stamp.UTC().Format(http.TimeFormat))
		writer.Header().Set("ETag", tag(data))
		writer.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = writer.Write(data)
	}
}

func (s *objectStore) list(writer http.ResponseWriter, bucket, prefix string) {
	found := listing{}
	for key, data := range s.objects {
		if name := strings.TrimPrefix(key, bucket); name != key && strings.HasPrefix(name, prefix) {
			found.Contents = append(found.Contents, object{name, len(data), tag(data), modified})
		}
	}
	sort.Slice(found.Contents, func(i, j int) bool {
		return found.Contents[i].Key < found.Contents[j].Key
	})
	found.KeyCount = len(found.Contents)
	_ = xml.NewEncoder(writer).Encode(found)
}
