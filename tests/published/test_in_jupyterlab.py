"""Each notebook opened in a real JupyterLab, from its own folder, and run from top to bottom."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

from tests.published.conftest import ROOT
from tests.show import ways

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
TOKEN = "only-for-this-test"
# A notebook that is run before its kernel is there stops after its first cell.
PICKER = 'import kpilib as kl\n\nkl.pick.widget("../data/sample")'
BEGUN = "() => Boolean(window.jupyterapp?.shell?.currentWidget)"
# One kernel for all, so that pandas, seaborn and the others are imported once. In between it
# forgets every name and kpilib itself, and counts from one again, as a new one does.
FORGET = """import sys
for name in [name for name in sys.modules if name.partition('.')[0] == 'kpilib']:
    del sys.modules[name]
get_ipython().reset()
"""
OPEN = """path => window.jupyterapp.commands.execute('docmanager:open',
    {path, factory: 'Notebook', kernel: window.kernel ?? {name: 'python3'}}).then(() => null)"""
READY = """path => {
    const shown = window.jupyterapp?.shell.currentWidget;
    const kernel = shown?.sessionContext?.session?.kernel;
    return shown?.context?.path === path && kernel?.status === 'idle'
        && shown.content.widgets.length > 0;
}"""
END = """async code => {
    const shown = window.jupyterapp.shell.currentWidget;
    const kernel = shown.sessionContext.session.kernel;
    window.kernel = {id: kernel.id};
    await kernel.requestExecute({code, silent: true}).done;
    shown.dispose();
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => [cell.model.executionCount, cell.model.outputs.toJSON().map(o => o.output_type)])
"""
PICTURES = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => cell.model.outputs.toJSON()
        .filter(each => String(each.data?.['text/html'] ?? '').includes('<svg')
            || each.data?.['image/png']).length)
"""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory, chromium):
    """Serve copies of the notebooks beside the sample company; return the address."""
    place = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", place / "notebooks")
    (place / "data").symlink_to(ROOT / "data")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    picker = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(PICKER)], metadata={"kernelspec": kernel}
    )
    nbformat.write(picker, place / "notebooks" / "picker.ipynb")
    nbformat.write(ways.notebook(), place / "notebooks" / "ways.ipynb")
    port = free_port()
    own = {f"JUPYTER_{name}_DIR": str(place / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port", str(port),
            "--expose-app-in-browser", f"--IdentityProvider.token={TOKEN}",
            f"--ServerApp.root_dir={place / 'notebooks'}", "--LabApp.news_url=None",
        ],
        env={**os.environ, **own, "IPYTHONDIR": str(place / "ipython")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}").close()
            break
        except urllib.error.URLError:
            time.sleep(0.5)
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab?token={TOKEN}&reset")
    page.wait_for_function(BEGUN)
    yield page
    page.close()
    server.terminate()
    server.wait(20)


@pytest.fixture
def run(lab):
    """Open a notebook, run it from top to bottom and return the page, where it is in front."""

    def whole(name):
        lab.evaluate(OPEN, f"{name}.ipynb")
        lab.wait_for_function(READY, arg=f"{name}.ipynb")
        lab.evaluate(RUN_ALL)
        return lab

    yield whole
    lab.evaluate(END, FORGET)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_from_top_to_bottom(run, name):
    cells = run(name).evaluate(CELLS)
    assert [count for count, _ in cells] == list(range(1, len(cells) + 1))
    assert {kind for _, outputs in cells for kind in outputs} <= {"execute_result", "display_data"}


def test_the_picker_has_menus_that_choose(run):
    page = run("picker")
    menus = page.locator(".jp-OutputArea select")
    menus.first.wait_for()
    menus.first.select_option(label="Grow the following")
    shown = page.locator(".jp-OutputArea", has_text="follower_growth").first
    shown.wait_for()
    said = shown.inner_text()
    assert "Net new followers" in said or "Follower growth" in said
    assert "mode: from_to" in said


def test_each_way_to_end_a_cell_shows_one_picture(run):
    shown = run("ways").evaluate(PICTURES)
    assert shown[-len(ways.WAYS) :] == [1] * 10 + [0]
