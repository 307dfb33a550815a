"""A gRPC server (grpcio). `running` gives its port.

`shop.Greeter/Hello` greets; to the name `fail` it answers NOT_FOUND, to `cancelled` CANCELLED, for `slow` it
takes longer than anybody waits, to `large` it sends more than anybody takes, to `deadline` and `metadata` it
says what came with the call. `shop.Greeter/Echo` answers with what it was sent, whatever that is.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from tests.net.authority import Issued
from tests.peers.support import keep

_TEXT, _INT32 = 9, 5  # FieldDescriptorProto.Type
_LARGE_BYTES: Final = 5 * 1024 * 1024


def _messages() -> tuple[Any, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="shop.proto", package="shop", syntax="proto3")
    ask, told = file.message_type.add(name="Ask"), file.message_type.add(name="Told")
    ask.field.add(name="name", number=1, type=_TEXT, label=1)
    told.field.add(name="text", number=1, type=_TEXT, label=1)
    told.field.add(name="n", number=2, type=_INT32, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = (pool.FindMessageTypeByName(f"shop.{name}") for name in ("Ask", "Told"))
    ask_class, told_class = map(message_factory.GetMessageClass, found)
    return ask_class, told_class


class Greeter:
    """The service."""

    def __init__(self) -> None:
        self._ask, self._told = _messages()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def handlers(self) -> Any:
        return grpc.method_handlers_generic_handler(
            "shop.Greeter",
            {
                "Hello": grpc.unary_unary_rpc_method_handler(
                    self._hello, self._ask.FromString, self._told.SerializeToString
                ),
                "Echo": grpc.unary_unary_rpc_method_handler(lambda raw, context: raw),
            },
        )

    def _hello(self, ask: Any, context: Any) -> Any:
        if ask.name == "fail":
            context.abort(grpc.StatusCode.NOT_FOUND, "no such name")
        if ask.name == "cancelled":
            context.abort(grpc.StatusCode.CANCELLED, "no time, 100 % busy")
        if ask.name == "slow":
            self._stopping.wait()
        if ask.name == "large":
            return self._told(text="x" * _LARGE_BYTES)
        if ask.name == "deadline":
            return self._told(text="remaining", n=round(context.time_remaining()))
        if ask.name == "metadata":
            pairs = [f"{key}={value}" for key, value in context.invocation_metadata()]
            return self._told(text=" ".join(pairs))
        return self._told(text=f"Hello {ask.name}", n=7)


@contextmanager
def serving(certificate: Issued | None = None) -> Iterator[int]:
    """The server on a free port of 127.0.0.1, over TLS with a certificate."""
    greeter = Greeter()
    server = grpc.server(ThreadPoolExecutor(4), handlers=[greeter.handlers()])
    if certificate is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        pair = (certificate.key_pem.encode(), certificate.pem.encode())
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    server.start()
    try:
        yield port
    finally:
        greeter.stop()
        server.stop(None).wait()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    """As the other peers."""
    del folder
    with serving() as port:
        yield port


if __name__ == "__main__":
    keep(running)
