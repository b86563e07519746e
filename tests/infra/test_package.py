"""The deployed package: all that Lambda needs, with bytecode that is used, and the same bytes from the same tree."""

import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import botocore.session
import pytest

from infra.deploy import libraries, package
from infra.deploy.names import NotPossible
from infra.local import environment
from tests.conftest import ENVIRONMENT, groundswell

MODULES = sorted({"app", *(event.handler_string.rpartition(".")[0] for event in groundswell.event_sources)})
REGIONS = ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"]
ON_LAMBDA = {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": "groundswell-test"}


@dataclass(frozen=True)
class Built:
    """A package in its stages."""

    project: Path
    zipped: Path
    unzipped: Path

    @property
    def names(self) -> list[str]:
        return zipfile.ZipFile(self.zipped).namelist()


def built(folder: Path) -> Built:
    package.build(environment.ROOT, folder / "project")
    archive = package.zipped(folder / "project")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "unzipped")
    return Built(folder / "project", archive, folder / "unzipped")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("package"))


def run(folder: Path, program: str, **more: str) -> str:
    """What a program says that finds nothing but the package and Python's own library, as on Lambda."""
    path = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    command = [sys.executable, "-I", "-S", "-B", "-c", path + program]
    done = subprocess.run(command, env={**ON_LAMBDA, **more}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_no_file_is_in_the_zip_twice(whole: Built):
    assert [name for name, times in Counter(whole.names).items() if times > 1] == []


def test_every_module_has_its_bytecode(whole: Built):
    sources = {name for name in whole.names if name.endswith(".py")}
    compiled = {
        name.replace("__pycache__/", "").replace(f".{sys.implementation.cache_tag}.pyc", ".py")
        for name in whole.names
        if name.endswith(".pyc")
    }
    assert {"app.py", "chalice/__init__.py", "chalice/app.py", "chalicelib/stream.py", "botocore/session.py"} <= sources
    assert sources == compiled


@pytest.mark.parametrize("module", MODULES)
def test_every_function_starts_with_nothing_but_the_package(whole: Built, module: str):
    run(whole.unzipped, f"import {module}")


def test_the_bytecode_is_used_and_the_sources_are_not_looked_at(tmp_path: Path, whole: Built):
    with zipfile.ZipFile(whole.zipped) as file:
        file.extractall(tmp_path)
    for source in tmp_path.rglob("*.py"):
        source.write_text("raise SystemExit('this source was compiled')\n")
    run(tmp_path, "import " + ", ".join(MODULES))


def test_the_bytecode_names_lambdas_folder_and_not_this_machines(whole: Built):
    told = run(whole.unzipped, "import marshal, pathlib, sys; print(marshal.loads(pathlib.Path(sys.path[0], "
               f"'__pycache__/app.{sys.implementation.cache_tag}.pyc').read_bytes()[16:]).co_filename)")  # fmt: skip
    assert told.strip() == "/var/task/app.py"


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("second"))


def test_the_same_tree_gives_the_same_bytes(whole: Built, second: Built):
    assert second.zipped.name == whole.zipped.name
    assert second.zipped.read_bytes() == whole.zipped.read_bytes()


def test_building_again_into_the_same_folder_forgets_what_is_gone(second: Built):
    (second.project / "chalicelib" / "gone.py").write_text("GONE = 1\n")
    (second.project / "vendor" / "gone.py").write_text("GONE = 1\n")
    (second.project / ".chalice" / "config.json").write_text("{}")
    package.build(environment.ROOT, second.project)
    assert package.zipped(second.project) == second.zipped
    assert (second.project / ".chalice" / "config.json").exists()


def clients_made() -> set[str]:
    """The services that chalicelib asks `aws.client` for."""
    sources = [path.read_text() for path in (environment.ROOT / "chalicelib").rglob("*.py")]
    return {name for text in sources for name in re.findall(r'\bclient[(,]\s*"([a-z0-9-]+)"', text)}


def test_the_package_knows_the_services_that_are_called():
    assert {"dynamodb", "sqs", "secretsmanager", "events"} <= clients_made()
    assert clients_made() <= libraries.SERVICES


def described(region: str) -> dict[str, object]:
    """Where whole botocore would call, and which operations it knows."""
    session = botocore.session.get_session()
    clients = {name: session.create_client(name, region_name=region) for name in sorted(clients_made())}
    return {
        name: [client.meta.endpoint_url, client.meta.partition, sorted(client.meta.service_model.operation_names)]
        for name, client in clients.items()
    }


@pytest.mark.parametrize("region", REGIONS)
def test_every_client_is_what_it_would_be_with_all_of_botocore(whole: Built, region: str):
    told = run(
        whole.unzipped,
        "import json\nfrom chalicelib.plumbing import aws\n"
        f"clients = {{name: aws.client(name) for name in {sorted(clients_made())}}}\n"
        "print(json.dumps({name: [client.meta.endpoint_url, client.meta.partition, "
        "sorted(client.meta.service_model.operation_names)] for name, client in clients.items()}))",
        AWS_DEFAULT_REGION=region,
    )
    assert json.loads(told) == json.loads(json.dumps(described(region)))


@pytest.mark.parametrize("program", [
    "from standardwebhooks.webhooks import Webhook",
    "import urllib3; urllib3.HTTPSConnectionPool('example.org')",
    "from chalicelib.plumbing import openapi, docs_page; import app; docs_page.render(openapi.document())",
    "import chalicelib.plumbing.worker, chalicelib.ballots.worker",
])  # fmt: skip
def test_what_is_loaded_late_is_there_as_well(whole: Built, program: str):
    run(whole.unzipped, program)


def test_the_tracer_is_there_where_it_is_switched_on(whole: Built):
    told = run(whole.unzipped, "import app; print('aws_xray_sdk' in sys.modules)", TRACING="on")
    assert told.strip() == "True"
    run(whole.unzipped, "import botocore.session; botocore.session.get_session().create_client('xray')")


def test_nothing_is_left_for_chalice_to_fetch(whole: Built):
    assert (whole.project / "requirements.txt").read_text() == ""


def test_the_package_is_small_enough_to_arrive_quickly(whole: Built):
    """Seven of it are the payment provider's own library, which most functions never load."""
    assert whole.zipped.stat().st_size < 18_000_000


def test_licences_travel_with_the_code(whole: Built):
    owners = {
        name.partition(".dist-info/")[0] for name in whole.names if re.search(r"dist-info/.*(LICEN|COPYING)", name)
    }
    unlicensed = {name.partition(".dist-info/")[0] for name in whole.names if ".dist-info/" in name} - owners
    assert {name.rpartition("-")[0] for name in unlicensed} <= {"standardwebhooks"}  # its wheel brings none


def test_another_python_is_refused_before_anything_is_made(tmp_path: Path):
    with pytest.raises(NotPossible, match=r"Python 3\.12"):
        package.build(environment.ROOT, tmp_path / "project", python="3.12")
    assert not (tmp_path / "project").exists()
