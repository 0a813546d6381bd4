"""Both places where files may lie: this machine's disk, and a bucket at a real server's."""

import logging
import uuid

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cohort.storage import bucket
from tests.cohort.files.clamd import Clamd


@pytest.fixture(scope="session")
def bucket_server():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def in_bucket(bucket_server, settings, monkeypatch):
    """Files lie in a new bucket, with what a site's settings say of it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    name = f"files-{uuid.uuid4().hex}"
    boto3.client("s3", endpoint_url=bucket_server, region_name="us-east-1").create_bucket(
        Bucket=name
    )
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket(name, endpoint=bucket_server, region="us-east-1"),
    }
    return name


@pytest.fixture(params=["disk", "bucket"])
def store(request):
    """Which of the two it is."""
    if request.param == "bucket":
        request.getfixturevalue("in_bucket")
    return request.param


@pytest.fixture
def clamd(settings):
    """A virus scanner that answers."""
    server = Clamd()
    settings.CLAMAV = server.address
    yield server
    server.listener.close()
