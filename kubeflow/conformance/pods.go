package main

import (
	"fmt"

	workflowapi "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/kubeflow/pipelines/backend/src/common/util"
)

// Node is what Argo and the API server call one node of a run, and the pod that it runs.
type Node struct {
	Path string `json:"path"`
	ID   string `json:"id"`
	Pod  string `json:"pod"`
}

// nodesOf names the driver of a task, its container, and two tries of that where there may be several.
func nodesOf(workflow *workflowapi.Workflow, driver workflowapi.DAGTask, task string) []Node {
	named := workflow.DeepCopy()
	named.Name = "digits-x7k2p"
	node := func(path, template string) Node {
		path = named.Name + ".root." + path
		status := workflowapi.NodeStatus{ID: named.NodeID(path), Name: path, TemplateName: template}
		return Node{path, status.ID, util.RetrievePodName(*named, status)}
	}
	nodes := []Node{node(driver.Name, driver.Template)}
	for _, candidate := range templateOf(workflow, "root").DAG.Tasks {
		if candidate.Name != task {
			continue
		}
		inner := templateOf(workflow, candidate.Template).DAG.Tasks[0]
		nodes = append(nodes, node(task+"."+inner.Name, inner.Template))
		if templateOf(workflow, inner.Template).RetryStrategy != nil {
			for try := range 2 { // workflow/controller/operator.go: "%s(%d)"
				nodes = append(nodes, node(fmt.Sprintf("%s.%s(%d)", task, inner.Name, try), inner.Template))
			}
		}
	}
	return nodes
}
