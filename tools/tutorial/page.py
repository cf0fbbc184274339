"""Puts what tools/tutorial/run saw into the page.

page.py advice NOTEBOOK            what the notebook's advice cell printed
page.py pictures NOTEBOOK DIR      the notebook's pictures, by the names in PICTURES
page.py fill PAGE TEXTS OUTPUT     the page with the text of TEXTS/NAME between <!-- run: NAME --> and <!-- end -->
"""

import base64
import json
import pathlib
import re
import sys

# By the first line of the cell that draws it.
PICTURES = {"heatmap.png": "def spans_of", "wss.png": "def percentile", "cold.png": "last = regions"}


def cells(notebook):
    return [cell for cell in json.loads(pathlib.Path(notebook).read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def advice(notebook):
    (cell,) = [cell for cell in cells(notebook) if "".join(cell["source"]).startswith("needed = ")]
    print("".join("".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream").strip())


def pictures(notebook, folder):
    for name, begin in PICTURES.items():
        (cell,) = [cell for cell in cells(notebook) if "".join(cell["source"]).startswith(begin)]
        (image,) = [output["data"]["image/png"] for output in cell["outputs"] if "image/png" in output.get("data", {})]
        pathlib.Path(folder, name).write_bytes(base64.b64decode("".join(image)))


def fill(page, texts, output):
    used = set()

    def block(match):
        used.add(match[1])
        text = pathlib.Path(texts, match[1]).read_text(encoding="utf-8").rstrip()
        return f"<!-- run: {match[1]} -->\n```console\n{text}\n```\n<!-- end -->"

    filled = re.sub(r"<!-- run: (\w+) -->.*?<!-- end -->", block, pathlib.Path(page).read_text(encoding="utf-8"), flags=re.DOTALL)
    missing = {path.name for path in pathlib.Path(texts).iterdir()} - used
    if missing:
        sys.exit(f"{page} has no place for {', '.join(sorted(missing))}")
    pathlib.Path(output).write_text(filled, encoding="utf-8")


{"advice": advice, "pictures": pictures, "fill": fill}[sys.argv[1]](*sys.argv[2:])
