"""The rules that pages give to a browser: what a script that got in could not do, shown in a real one."""

import pytest

from tests.conftest import Reply

pytestmark = pytest.mark.browser


def test_a_script_that_got_in_can_send_nothing_away_and_run_no_text(visit, app_url, serve):
    asked = []

    def note(request):
        asked.append(request.path)
        return Reply(b"x", headers={"Access-Control-Allow-Origin": "*"})

    other = serve(note)
    page = visit(app_url, "/sources").page
    assert page.evaluate("() => fetch('/api/health').then(answer => answer.status)") == 200
    tried = page.evaluate(
        """async (other) => {
          const tries = {
            fetch: () => fetch(other + "/fetch"),
            socket: () => new WebSocket(other.replace("http", "ws") + "/socket"),
          }
          const ended = {}
          for (const [name, attempt] of Object.entries(tries)) {
            try { await attempt(); ended[name] = "done" } catch (error) { ended[name] = "refused" }
          }
          // In a task of its own, since what a test calls directly is let through.
          ended.eval = await new Promise((tell) => setTimeout(() => {
            try { eval("1"); tell("done") } catch { tell("refused") }
          }))
          const picture = new Image()
          ended.picture = await new Promise((tell) => {
            picture.onload = () => tell("done")
            picture.onerror = () => tell("refused")
            picture.src = other + "/picture"
          })
          return ended
        }""",
        other,
    )
    assert tried["fetch"] == tried["eval"] == tried["picture"] == "refused"
    assert asked == []


def test_another_page_cannot_show_ours_in_a_frame(chromium, app_url, serve):
    frame = f'<!doctype html><title>x</title><iframe src="{app_url}/sources"></iframe>'
    other = serve(lambda request: Reply(frame.encode(), headers={"Content-Type": "text/html"}))
    page = chromium.new_page()
    page.goto(other)
    page.wait_for_timeout(1_500)
    assert page.frames[-1].url.startswith("chrome-error:")
    page.close()
