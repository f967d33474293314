"""A metadata store over gRPC, as the one of a cluster: ML Metadata's own code, kept in memory.

The server of ML Metadata is an image; its store is in the wheel that TFX needs.
"""

import contextlib
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
from ml_metadata import errors
from ml_metadata.metadata_store import metadata_store
from ml_metadata.proto import metadata_store_pb2, metadata_store_service_pb2

SERVICE = "MetadataStoreService"


@contextlib.contextmanager
def metadata_server() -> Iterator[str]:
    """Serves an empty store; gives its address."""
    config = metadata_store_pb2.ConnectionConfig()
    config.fake_database.SetInParent()
    store = metadata_store.MetadataStore(config)
    server = grpc.server(futures.ThreadPoolExecutor(1))
    service = metadata_store_service_pb2.DESCRIPTOR.services_by_name[SERVICE]
    handlers = {method.name: _handler(store, method.name) for method in service.methods}
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(service.full_name, handlers)]
    )
    port = server.add_insecure_port("localhost:0")
    server.start()
    try:
        yield f"localhost:{port}"
    finally:
        server.stop(None).wait()


def _handler(store: Any, name: str) -> grpc.RpcMethodHandler:
    request_type = getattr(metadata_store_service_pb2, f"{name}Request")
    response_type = getattr(metadata_store_service_pb2, f"{name}Response")

    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        response = response_type()
        try:
            store._call(name, request, response)
        except errors.StatusError as error:
            codes = {code.value[0]: code for code in grpc.StatusCode}
            context.abort(codes[error.error_code], error.message)
        return response

    return grpc.unary_unary_rpc_method_handler(
        answer, request_type.FromString, response_type.SerializeToString
    )
