package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	workflowapi "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/kubeflow/pipelines/api/v2alpha1/go/pipelinespec"
	"github.com/kubeflow/pipelines/backend/src/common/util"
	"github.com/kubeflow/pipelines/backend/src/v2/client_manager"
	"github.com/kubeflow/pipelines/backend/src/v2/common/plugins"
	"github.com/kubeflow/pipelines/backend/src/v2/component"
	"github.com/kubeflow/pipelines/backend/src/v2/driver"
	"github.com/kubeflow/pipelines/kubernetes_platform/go/kubernetesplatform"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	k8score "k8s.io/api/core/v1"
)

// Task is what became of a task: whether its condition holds, whether it was taken from the cache,
// what its container was given and left behind, and what its nodes and pods are called.
type Task struct {
	Name      string          `json:"name"`
	Triggered bool            `json:"triggered"`
	Cached    bool            `json:"cached"`
	CacheKey  json.RawMessage `json:"cache_key,omitempty"`
	Container json.RawMessage `json:"container,omitempty"`
	Nodes     []Node          `json:"nodes"`
}

var (
	placeholder = regexp.MustCompile(`^\{\{workflow\.parameters\.(.+)\}\}$`)
	succeeded   = regexp.MustCompile(`([-a-z0-9]+)-driver\.Succeeded|([-a-z0-9]+)\.Succeeded`)
)

// run executes the tasks in the order of the workflow; what waits for a skipped one is skipped.
func (c *cluster) run(workflow *workflowapi.Workflow, id string) ([]Task, *refusal) {
	root, err := c.startRoot(workflow, id)
	if err != nil {
		return nil, &refusal{"driver", err}
	}
	waiting := map[string]workflowapi.DAGTask{}
	for _, task := range templateOf(workflow, "root").DAG.Tasks {
		if name, isDriver := strings.CutSuffix(task.Name, "-driver"); isDriver {
			waiting[name] = task
		} else if task.Template == "system-importer" {
			return nil, &refusal{"nobody", fmt.Errorf("%s: an importer makes clients of a cluster", task.Name)}
		}
	}
	var tasks []Task
	done := map[string]bool{}
	for len(waiting) > 0 {
		before := len(waiting)
		for _, name := range slices.Sorted(maps.Keys(waiting)) {
			runs, ready := state(waiting[name].Depends, done)
			if !ready {
				continue
			}
			task := Task{Name: name, Nodes: nodesOf(workflow, waiting[name], name)}
			if runs {
				refused := c.step(workflow, waiting[name], id, root, &task)
				if refused != nil {
					return append(tasks, task), refused
				}
			}
			tasks = append(tasks, task)
			done[name] = task.Triggered
			delete(waiting, name)
		}
		if len(waiting) == before {
			return tasks, &refusal{"conformance", errors.New("tasks wait for each other")}
		}
	}
	return tasks, nil
}

// state says of an expression like "a.Succeeded && b.Succeeded" whether it holds, and is known.
func state(depends string, done map[string]bool) (holds, known bool) {
	holds = true
	for _, match := range succeeded.FindAllStringSubmatch(depends, -1) {
		result, ended := done[match[1]+match[2]]
		if !ended {
			return false, false
		}
		holds = holds && result
	}
	return holds, true
}

func (c *cluster) startRoot(workflow *workflowapi.Workflow, id string) (int64, error) {
	entry := templateOf(workflow, "entrypoint").DAG.Tasks[0]
	options := driver.Options{
		PipelineName:   "digits",
		RunID:          id,
		Namespace:      namespace,
		IterationIndex: -1,
		Component:      &pipelinespec.ComponentSpec{},
		RuntimeConfig:  &pipelinespec.PipelineJob_RuntimeConfig{},
	}
	if err := parse(workflow, entry, "component", options.Component); err != nil {
		return 0, err
	}
	if err := parse(workflow, entry, "runtime-config", options.RuntimeConfig); err != nil {
		return 0, err
	}
	execution, err := driver.RootDAG(context.Background(), options, c.metadata)
	if err != nil {
		return 0, err
	}
	return execution.ID, nil
}

// step runs the driver as v2/cmd/driver/main.go does, and the launcher as the pod would.
func (c *cluster) step(
	workflow *workflowapi.Workflow, task workflowapi.DAGTask, id string, root int64, result *Task,
) *refusal {
	ctx := context.Background()
	dispatcher, err := plugins.GetPluginDispatcher()
	if err != nil {
		return &refusal{"conformance", err}
	}
	options := driver.Options{
		PipelineName:             "digits",
		RunID:                    id,
		RunName:                  "digits-" + id,
		RunDisplayName:           "digits",
		Namespace:                namespace,
		IterationIndex:           -1,
		DAGExecutionID:           root,
		TaskName:                 result.Name,
		PublishLogs:              "true", // as the default manifest has it
		PipelineLogLevel:         "1",
		Component:                &pipelinespec.ComponentSpec{},
		Task:                     &pipelinespec.PipelineTaskSpec{},
		Container:                &pipelinespec.PipelineDeploymentConfig_PipelineContainerSpec{},
		KubernetesExecutorConfig: &kubernetesplatform.KubernetesExecutorConfig{},
		PluginDispatcher:         dispatcher,
	}
	for name, message := range map[string]proto.Message{
		"component": options.Component, "task": options.Task,
		"container": options.Container, "kubernetes-config": options.KubernetesExecutorConfig,
	} {
		if err := parse(workflow, task, name, message); err != nil {
			return &refusal{"driver", err}
		}
	}
	c.cache.last = nil
	execution, err := driver.Container(ctx, options, c.metadata, c.cache)
	if err != nil {
		return &refusal{"driver", err}
	}
	if c.cache.last != nil {
		if result.CacheKey, err = protojson.Marshal(c.cache.last); err != nil {
			return &refusal{"conformance", err}
		}
	}
	result.Triggered = execution.WillTrigger()
	result.Cached = execution.Cached != nil && *execution.Cached
	if !result.Triggered || result.Cached {
		return nil
	}
	pod := k8score.PodSpec{}
	if err := json.Unmarshal([]byte(execution.PodSpecPatch), &pod); err != nil {
		return &refusal{"driver", err}
	}
	if err := podProblem(workflow, pod); err != nil {
		return &refusal{"Kubernetes", err}
	}
	if err := c.launch(ctx, execution, options, pod.Containers[0].Args); err != nil {
		return &refusal{"launcher", err}
	}
	result.Container, err = os.ReadFile(recorded)
	if err != nil {
		return &refusal{"conformance", err}
	}
	return nil
}

func (c *cluster) launch(
	ctx context.Context, execution *driver.Execution, options driver.Options, command []string,
) error {
	if err := clearContainer(); err != nil {
		return err
	}
	input, err := protojson.Marshal(execution.ExecutorInput)
	if err != nil {
		return err
	}
	spec, err := protojson.Marshal(options.Component)
	if err != nil {
		return err
	}
	launcher, err := component.NewLauncherV2(
		ctx, execution.ID, string(input), string(spec), command,
		&component.LauncherV2Options{
			Namespace: namespace, PodName: "pod", PodUID: strconv.FormatInt(execution.ID, 10),
			MLMDServerAddress: "localhost", MLMDServerPort: "0",
			PipelineName: options.PipelineName, RunID: options.RunID, PublishLogs: "true",
		},
		client_manager.NewFakeClientManager(c.k8s, c.metadata, c.cache),
	)
	if err != nil {
		return err
	}
	return launcher.Execute(ctx)
}

// parse reads an argument of an Argo task, which may name a parameter of the workflow.
func parse(
	workflow *workflowapi.Workflow, task workflowapi.DAGTask, name string, message proto.Message,
) error {
	argument := task.Arguments.GetParameterByName(name)
	if argument == nil || argument.Value == nil {
		return nil
	}
	text := argument.Value.String()
	if match := placeholder.FindStringSubmatch(text); match != nil {
		text = workflow.Spec.Arguments.GetParameterByName(match[1]).Value.String()
	}
	return util.UnmarshalString(text, message)
}

func templateOf(workflow *workflowapi.Workflow, name string) *workflowapi.Template {
	for index := range workflow.Spec.Templates {
		if workflow.Spec.Templates[index].Name == name {
			return &workflow.Spec.Templates[index]
		}
	}
	panic("the workflow has no template " + name)
}
