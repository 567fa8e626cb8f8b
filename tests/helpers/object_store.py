"""An object store on loopback that speaks the protocol of S3 (moto's server)."""

import urllib.request
from contextlib import contextmanager

import pytest

BUCKET = "s3://corpora"


@contextmanager
def object_store(monkeypatch):
    """Yield pyarrow's file system of an empty store with one bucket, or skip without moto.

    The environment then says where it is, for this process and those that it starts.
    """
    server = pytest.importorskip("moto.server", reason="needs moto (pip install .[all])")
    import pyarrow.fs as fs

    started = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    try:
        address = f"127.0.0.1:{started.get_host_and_port()[1]}"
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{address}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        # What an earlier one held: moto keeps it in the process.
        reset = urllib.request.Request(f"http://{address}/moto-api/reset", method="POST")
        urllib.request.urlopen(reset).close()
        store = fs.S3FileSystem(
            endpoint_override=address, scheme="http", allow_bucket_creation=True
        )
        store.create_dir(BUCKET.removeprefix("s3://"))
        yield store
    finally:
        started.stop()
