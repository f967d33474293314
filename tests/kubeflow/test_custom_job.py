"""The Trainer as a Vertex custom job: TFX's extension asks for it, and what it asks for trains."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from google.cloud.aiplatform_v1.types import CustomJob, JobState
from tfx.extensions.google_cloud_ai_platform import training_clients

from tests.kubeflow.executed import Story
from tests.kubeflow.workers import free_ports, run_together
from vocabulary.versions import versions

pytestmark = pytest.mark.proof
JOB = (
    "kubeflow.project=project",
    "kubeflow.region=europe-west4",
    "kubeflow.service_account=runner@project.iam.gserviceaccount.com",
    "kubeflow.labels={team: digits}",
    "kubeflow.network=projects/12345/global/networks/private",
    "kubeflow.encryption_key=projects/project/locations/europe-west4/keyRings/r/cryptoKeys/k",
    "kubeflow.custom_job={machine_type: n2-standard-8, replicas: 2}",
)


class FakeJobs:
    """Stands in for Vertex's job service: starts the containers of a job as processes here."""

    asked: ClassVar[list[tuple[str, CustomJob]]] = []
    codes: ClassVar[list[int]] = []

    def __init__(self, client_options: dict[str, str]):
        assert client_options["api_endpoint"].startswith("europe-west4-")

    def create_custom_job(self, parent: str, custom_job: dict[str, Any]) -> Any:
        job = CustomJob(custom_job)  # which refuses a key that there is not
        self.asked.append((parent, job))
        hosts = free_ports()
        cluster = {"chief": [f"{hosts}0"], "worker": [f"{hosts}1"]}
        self.codes[:] = run_together(
            [
                (
                    list(pool.container_spec.command),
                    {"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})},
                )
                for pool, task in zip(
                    job.job_spec.worker_pool_specs,
                    ({"type": "chief", "index": 0}, {"type": "worker", "index": 0}),
                    strict=True,
                )
            ]
        )
        return SimpleNamespace(name=f"{parent}/customJobs/1")

    def get_custom_job(self, name: str, retry: Any) -> Any:
        failed = any(self.codes)
        state = JobState.JOB_STATE_FAILED if failed else JobState.JOB_STATE_SUCCEEDED
        return SimpleNamespace(name=name, state=state)


@pytest.mark.filterwarnings("ignore:The 'warn' function:DeprecationWarning")  # TFX calls it
def test_workers_of_the_job_train_and_what_they_made_is_judged_and_pushed(
    story_of: Callable[[str], Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_clients.gapic, "JobServiceClient", FakeJobs)
    place = story_of("vertex").place
    before = versions(str(place.serving))
    execution = place.execution("job", *JOB, training_learning_rate=0.002)
    done = execution.run()
    ((parent, job),) = FakeJobs.asked
    assert parent == "projects/project/locations/europe-west4"
    assert job.job_spec.service_account == "runner@project.iam.gserviceaccount.com"
    assert job.job_spec.network == "projects/12345/global/networks/private"
    assert job.encryption_spec.kms_key_name.endswith("/keyRings/r/cryptoKeys/k")
    assert job.labels["team"] == "digits"
    assert [pool.replica_count for pool in job.job_spec.worker_pool_specs] == [1, 1]
    assert FakeJobs.codes == [0, 0]
    assert {name for name, task in done.items() if task.cached} >= {"transform"}
    history = place.path(done["trainer"].uri("model_run")) / "history.json"
    facts = json.loads(history.read_text())
    assert facts["strategy"].startswith("multi_worker, 2 replicas")
    assert max(facts["epochs"]["learning_rate"]) <= 0.002
    assert len(versions(str(place.serving))) == len(before) + 1
