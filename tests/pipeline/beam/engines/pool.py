"""A pool of Beam workers at one address of this machine: `python pool.py 127.0.0.2:50000 WORKER`.

Beam's `worker_pool_main` listens on all addresses. But each machine of a cluster has a pool of its
own, for the runners on two machines give their workers the same ids, and a pool ends by id.
"""

import signal
import sys

import grpc
from apache_beam.portability.api import beam_fn_api_pb2_grpc
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.utils import thread_pool_executor

if __name__ == "__main__":
    address, worker = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # ends the workers, too
    server = grpc.server(thread_pool_executor.shared_unbounded_instance())
    assert server.add_insecure_port(address)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(
        BeamFnExternalWorkerPoolServicer(use_process=True, container_executable=worker), server
    )
    server.start()
    server.wait_for_termination()
