"""How often a back end tries a step again that failed or lost its machine."""

from typing import Any, Final

_WAIT_S: Final = 60
_LONGEST_S: Final = {"vertex": 3600, "kubeflow": 7 * 24 * 3600}
"""From the start of the first try on. Vertex takes an hour at most, as KFP's SDK has it. Argo tries
nothing again that began longer ago and ends what is then under way (processNodeRetries,
workflow/controller/operator.go of v4.0.5); what is not said is no time at all. Hours of training
need days.
"""


def set_retries(spec: dict[str, Any], retries: int, target: str) -> None:
    """Gives every task of a PipelineSpec a retry policy, in place; none for 0 retries."""
    if not retries:
        return
    for task in spec["root"]["dag"]["tasks"].values():
        task["retryPolicy"] = {
            "maxRetryCount": retries,
            "backoffDuration": f"{_WAIT_S}s",
            "backoffFactor": 2,
            "backoffMaxDuration": f"{_LONGEST_S[target]}s",
        }
