"""Writes docs/sbom.json: what desk and server are made of, as a CycloneDX 1.6 bill of materials.

From lock and notices alone: the same lock gives the same bytes, so a test can tell when the file is old.
Run: .venv/bin/python -m tools.sbom
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

from tools import pins

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "docs" / "sbom.json"
LICENCES = ROOT / "docs" / "licences" / "licences.json"


def document() -> dict[str, Any]:
    """The bill of materials of desk and server: the set of both, which holds the core set."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licences: dict[str, str] = json.loads(LICENCES.read_text(encoding="utf-8"))
    locked = pins.locked("both")
    text = (ROOT / "requirements" / "both.txt").read_text(encoding="utf-8")
    components = [component(pin, licences.get(pin.name)) for pin in locked] + fonts(ROOT / "resources" / "fonts")
    root_ref = f"pkg:generic/{project['name']}@{project['version']}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, root_ref + text)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root_ref,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root_ref, "dependsOn": [part["bom-ref"] for part in components]}],
    }


def component(pin: pins.Pin, licence: str | None) -> dict[str, Any]:
    """One package. Its hashes are those of every file of the version, since each system takes another."""
    reference = f"pkg:pypi/{pin.name}@{pin.version}"
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": pin.name,
        "version": pin.version,
        "purl": reference,
    }
    if licence:
        made["licenses"] = [{"license": {"name": licence}}]
    if pin.marker:
        made["properties"] = [{"name": "python:marker", "value": pin.marker}]
    made["externalReferences"] = [
        {
            "type": "distribution",
            "url": reference,
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin.hashes],
        }
    ]
    return made


def fonts(folder: Path) -> list[dict[str, Any]]:
    """The bundled font files; the family's licence lies beside them as NAME-OFL.txt."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.ttf")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.append(
            {
                "type": "file",
                "bom-ref": f"font:{path.name}",
                "name": path.name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "licenses": [{"license": {"id": "OFL-1.1"}}],
            }
        )
    return found


def render() -> str:
    """The file's text."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8", newline="\n")
    sys.exit(0)
