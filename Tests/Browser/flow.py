"""
Runs a flow of a file by its name. usage: FILE FLOW BASE-URL; FILE --list

MEDUSA_BROWSER_SLOWER=6 MEDUSA_BROWSER_DELAY=0.5 show what only a slower machine shows.
"""
import sys

from browser import DELAY, Proxy, chromium


def run(names):
    """Each function of the file that takes a driver and a URL is a flow."""
    flows = {name: flow for name, flow in names.items() if getattr(flow, "__module__", "") == "__main__"
             and getattr(flow, "__code__", None) and flow.__code__.co_varnames[:flow.__code__.co_argcount] == ("driver", "url") and not name.startswith("look_")}
    if sys.argv[1] == "--list":
        print("\n".join(flows))
        sys.exit()
    url = sys.argv[2]
    if DELAY:
        slow = Proxy(url)
        slow.delay, url = DELAY, slow.origin
    driver = chromium()
    try:
        flows[sys.argv[1]](driver, url)
        bad = [entry["message"] for entry in driver.get_log("browser") if "Content Security Policy" in entry["message"]]
        assert not bad, bad
    except Exception:
        print("screen:", driver.execute_script("return document.body.innerText")[:1500], file=sys.stderr)
        for entry in driver.get_log("browser"):
            print(entry["message"], file=sys.stderr)
        raise
    finally:
        driver.quit()
