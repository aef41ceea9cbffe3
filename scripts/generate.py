"""Generates `gen/` from `protos/`: Python messages, gRPC stubs, type stubs and the descriptor set.

Runs only when a contract or this script changed, so `make` can call it every time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
OUT = ROOT / "gen"


def fingerprint(sources: list[Path]) -> str:
    """SHA-256 over this script and every contract, with their names."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in sources:
        digest.update(str(source.relative_to(PROTOS)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def include_paths() -> list[str]:
    """Where protoc finds our contracts, protobuf's own and Google's common ones."""
    google = importlib.util.find_spec("google.api")
    if google is None or google.submodule_search_locations is None:
        sys.exit("generate: googleapis-common-protos is not installed; run `make install`")
    common = Path(next(iter(google.submodule_search_locations))).parent.parent
    return [str(PROTOS), str(files("grpc_tools") / "_proto"), str(common)]


def main() -> None:
    sources = sorted(PROTOS.rglob("*.proto"))
    stamp = OUT / ".fingerprint"
    wanted = fingerprint(sources)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    arguments = ["protoc", *(f"-I{path}" for path in include_paths()), f"--python_out={OUT}", f"--grpc_python_out={OUT}"]
    if shutil.which("protoc-gen-mypy", path=str(Path(sys.executable).parent)):
        plugins = Path(sys.executable).parent
        arguments += [
            f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}",
            f"--mypy_out=quiet:{OUT}",
            f"--mypy_grpc_out=quiet:{OUT}",
        ]
    arguments += ["--include_imports", "--include_source_info", f"--descriptor_set_out={OUT / 'crm' / 'descriptors.binpb'}"]
    (OUT / "crm").mkdir()
    if protoc.main([*arguments, *map(str, sources)]) != 0:
        sys.exit("generate: protoc failed, see above")
    for folder in [path for path in (OUT / "crm").rglob("*") if path.is_dir()] + [OUT / "crm"]:
        (folder / "__init__.py").touch()
        (folder / "py.typed").touch()
    stamp.write_text(wanted)
    print(f"generate: {len(sources)} contracts -> gen/")


if __name__ == "__main__":
    main()
