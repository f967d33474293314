package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/kubeflow/pipelines/api/v2alpha1/go/cachekey"
	"github.com/kubeflow/pipelines/api/v2alpha1/go/pipelinespec"
	api "github.com/kubeflow/pipelines/backend/api/v1beta1/go_client"
	"github.com/kubeflow/pipelines/backend/src/v2/cacheutils"
	"github.com/kubeflow/pipelines/backend/src/v2/metadata"
	k8score "k8s.io/api/core/v1"
	k8smeta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// cluster is what driver and launcher talk to.
type cluster struct {
	metadata *metadata.Client
	cache    *cache
	k8s      kubernetes.Interface
}

func startCluster(metadataStore string) (*cluster, error) {
	store := httptest.NewServer(&objectStore{objects: map[string][]byte{}})
	server := httptest.NewServer(kubernetesAPI(strings.TrimPrefix(store.URL, "http://")))
	if err := writeKubeconfig(server.URL); err != nil {
		return nil, err
	}
	if err := writeHosts(); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(metadataStore)
	if err != nil {
		return nil, err
	}
	client, err := metadata.NewClient(host, port, nil)
	if err != nil {
		return nil, err
	}
	real, err := cacheutils.NewClient("localhost", "0", false, nil) // connects when it is asked
	if err != nil {
		return nil, err
	}
	k8s, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		return nil, err
	}
	return &cluster{client, &cache{Client: real, executions: map[string]string{}}, k8s}, nil
}

// kubernetesAPI knows the two objects that are read: the launcher's config, here with the address of
// the object store, and the secret with its keys.
func kubernetesAPI(store string) http.Handler {
	providers := fmt.Sprintf(`{"minio": {"default": {"endpoint": %q, "region": "minio",
 "disableSSL": true, "forcePathStyle": true, "credentials": {"fromEnv": false, "secretRef":
 {"secretName": "keys", "accessKeyKey": "accesskey", "secretKeyKey": "secretkey"}}}}}`, store)
	mux := http.NewServeMux()
	base := "GET /api/v1/namespaces/" + namespace
	mux.HandleFunc(base+"/configmaps/kfp-launcher", answer(&k8score.ConfigMap{
		TypeMeta: k8smeta.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		Data:     map[string]string{"providers": providers},
	}))
	mux.HandleFunc(base+"/secrets/keys", answer(&k8score.Secret{
		TypeMeta: k8smeta.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		Data:     map[string][]byte{"accesskey": []byte("a"), "secretkey": []byte("s")},
	}))
	return mux
}

func answer(object any) http.HandlerFunc {
	return func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(object)
	}
}

// writeKubeconfig tells the driver, which makes a client of its own, where the server is.
func writeKubeconfig(server string) error {
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
 "clusters": [{"name": "c", "cluster": {"server": %q}}],
 "contexts": [{"name": "c", "context": {"cluster": "c"}}]}`, server)
	path := "/tmp/kubeconfig"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Setenv("KUBECONFIG", path)
}

// writeHosts names the loopback addresses, which an empty root folder does not.
func writeHosts() error {
	if err := os.MkdirAll("/etc", 0o755); err != nil {
		return err
	}
	return os.WriteFile("/etc/hosts", []byte("127.0.0.1 localhost\n::1 localhost\n"), 0o644)
}

// cache computes keys as the real client does and keeps what the API server would keep.
type cache struct {
	cacheutils.Client
	executions map[string]string
	last       *cachekey.CacheKey
}

func (c *cache) GenerateCacheKey(
	inputs *pipelinespec.ExecutorInput_Inputs, outputs *pipelinespec.ExecutorInput_Outputs,
	types map[string]string, command []string, image string, claims []string,
) (*cachekey.CacheKey, error) {
	key, err := c.Client.GenerateCacheKey(inputs, outputs, types, command, image, claims)
	c.last = key
	return key, err
}

func (c *cache) GetExecutionCache(fingerPrint, _, _ string) (string, error) {
	return c.executions[fingerPrint], nil
}

func (c *cache) CreateExecutionCache(_ context.Context, task *api.Task) error {
	c.executions[task.GetFingerprint()] = task.GetMlmdExecutionID()
	return nil
}

func tag(data []byte) string { return fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(data))[:32]) }
