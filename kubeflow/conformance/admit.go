package main

import (
	workflowapi "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/kubeflow/pipelines/backend/src/apiserver/config/proxy"
	"github.com/kubeflow/pipelines/backend/src/apiserver/model"
	"github.com/kubeflow/pipelines/backend/src/apiserver/template"
	"github.com/kubeflow/pipelines/backend/src/common/util"
)

const (
	namespace = "kubeflow"
	account   = "pipeline-runner"
)

// admit does what the API server does with a run before it asks Kubernetes for a workflow
// (CreateRun of apiserver/resource/resource_manager.go), and what `argo lint` would say.
func admit(text []byte) (*workflowapi.Workflow, *refusal) {
	proxy.InitializeConfig("", "", "")
	compiled, err := template.NewV2SpecTemplate(text, template.TemplateOptions{})
	if err != nil {
		return nil, &refusal{"API server", err}
	}
	run := &model.Run{
		DisplayName:    "digits",
		Namespace:      namespace,
		ServiceAccount: account,
	}
	// As `digits submit` names it: the server does not read the root that stands in the pipeline.
	run.RuntimeConfig.PipelineRoot = model.LargeText(compiled.PipelineSpec().GetDefaultPipelineRoot())
	spec, err := compiled.RunWorkflow(run, template.RunWorkflowOptions{RunID: "run"})
	if err != nil {
		return nil, &refusal{"API server", err}
	}
	workflow := spec.(*util.Workflow)
	if err := workflow.Validate(true, false); err != nil {
		return nil, &refusal{"Argo", err}
	}
	return workflow.Workflow, nil
}
