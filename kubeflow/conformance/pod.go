package main

import (
	"fmt"
	"strings"

	workflowapi "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	k8score "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// podProblem restates what Kubernetes 1.35 would refuse of a patched pod, as far as it can come from
// what we compile: ValidateVolumeMounts, ValidatePersistentVolumeName, ValidateResourceName and the
// labels of node selectors, in pkg/apis/core/validation/validation.go of kubernetes/kubernetes.
func podProblem(workflow *workflowapi.Workflow, pod k8score.PodSpec) error {
	var problems []string
	taken := map[string]bool{}
	for _, template := range workflow.Spec.Templates {
		if template.Container != nil && strings.HasSuffix(template.Name, "system-container-impl") {
			for _, mount := range template.Container.VolumeMounts {
				taken[mount.MountPath] = true
			}
		}
	}
	for _, mount := range pod.Containers[0].VolumeMounts {
		if taken[mount.MountPath] {
			problems = append(problems, fmt.Sprintf("mountPath %s must be unique", mount.MountPath))
		}
		taken[mount.MountPath] = true
	}
	for _, volume := range pod.Volumes {
		if claim := volume.PersistentVolumeClaim; claim != nil {
			problems = append(problems, validation.IsDNS1123Subdomain(claim.ClaimName)...)
		}
		problems = append(problems, validation.IsDNS1123Label(volume.Name)...)
	}
	for name := range pod.Containers[0].Resources.Limits {
		isOwn := name == k8score.ResourceCPU || name == k8score.ResourceMemory
		if !isOwn && !strings.Contains(string(name), "/") {
			problems = append(problems, fmt.Sprintf("%s is no standard resource type", name))
		}
	}
	for key, value := range pod.NodeSelector {
		problems = append(problems, validation.IsQualifiedName(key)...)
		problems = append(problems, validation.IsValidLabelValue(value)...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return nil
}
