#!/usr/bin/python3
"""Resolves profiles with the TuneD that Debian installed, on made machines.

Reads jobs as JSON from standard input: [{"root": DIR, "names": ["a"], "exec": {"nproc": "2\\n"}, "uname": [5 words],
"mended": true}],
prints a list of answers: {"units": …, "variables": …, "cmdline": …} or {"error": …}. TuneD's own locator, loader,
merger, variables, functions and boot loader plugin do the work; only where they look is turned to the made root.
"""

import builtins
import glob
import json
import logging
import os
import re
import sys

TURNED = ("/proc/", "/sys/", "/etc/", "/usr/lib/tuned")
root = ""


def turned(path):
    return root + path if isinstance(path, str) and path.startswith(TURNED) else path


def turn(function):
    return lambda path, *rest, **named: function(turned(path), *rest, **named)


def turned_glob(pattern, **named):
    for path in real_iglob(turned(pattern), **named):
        yield path[len(root):] if root and path.startswith(root) else path


# the imports come first: only what a profile asks for is to be turned
import tuned.consts as consts
import tuned.logs
from tuned.plugins.plugin_bootloader import BootloaderPlugin
from tuned.profiles.functions.functions import Functions
from tuned.profiles.factory import Factory
from tuned.profiles.loader import Loader
from tuned.profiles.locator import Locator
from tuned.profiles.merger import Merger
from tuned.profiles.variables import Variables
from tuned.utils.commands import commands

logging.disable(logging.CRITICAL)
# what the function repository imports by name must be there before open() is turned
for name in sorted(os.listdir("/usr/lib/python3/dist-packages/tuned/profiles/functions")):
    if name.startswith("function_"):
        __import__("tuned.profiles.functions." + name[:-3])

real_open = builtins.open
real_iglob = glob.iglob
builtins.open = turn(real_open)
os.path.exists = turn(os.path.exists)
os.path.isfile = turn(os.path.isfile)
os.listdir = turn(os.listdir)
glob.iglob = turned_glob
real_execute = commands.execute
answers = {}


def execute(self, args, *rest, **named):
    name = args if isinstance(args, str) else args[0]
    if name in answers:
        answer = answers[name]
        return (0, answer) if answer is not None else (-2, "")
    return real_execute(self, args, *rest, **named)


commands.execute = execute
as_shipped = Functions._sub
Functions._curr_char = lambda self: current_character(self)


def substitute(self, start, end, text):
    """TuneD skips the character after a function that stands at the start and gives nothing; mended where asked."""
    self._str = self._str[:start] + text + self._str[end + 1:]
    self._len = len(self._str)
    self._cnt = start + len(text) - 1


def current_character(self):
    return self._str[self._cnt] if 0 <= self._cnt < self._len else ""


def matches(regex, text):
    return regex is None or re.search(regex, text, re.MULTILINE) is not None


def unit_answer(unit, variables, job):
    options = dict(unit.options)
    priority = int(options.pop("priority", 0))
    cpuinfo = commands().read_file("/proc/cpuinfo")
    answer = {
        "type": unit.type,
        "priority": priority,
        "enabled": unit.enabled
        and matches(unit.cpuinfo_regex, cpuinfo)
        and matches(unit.uname_regex, " ".join(job["uname"])),
        "devices": unit.devices,
        "options": {name: text_of(value, variables) for name, value in options.items()},
    }
    for key in ("devices_udev_regex", "cpuinfo_regex", "uname_regex", "script_pre", "script_post"):
        if getattr(unit, key) is not None:
            answer[key] = getattr(unit, key)
    return answer


def text_of(value, variables):
    return variables.expand("\n".join(value) if isinstance(value, list) else value)


def command_line(units, variables):
    """What plugin_bootloader makes of its units; several are joined, lowest priority first."""
    lines = []
    for unit, answer in sorted(units, key=lambda pair: pair[1]["priority"]):
        if answer["type"] != "bootloader" or not answer["enabled"]:
            continue
        plugin = BootloaderPlugin.__new__(BootloaderPlugin)
        options = {name: value for name, value in unit.options.items() if name != "priority"}
        line = plugin._get_effective_options(options)["cmdline"]
        if line:
            lines.append(variables.expand(commands().unquote(line)))
    return " ".join(lines)


def variable_values(variables):
    prefix = r"(?<!\\)\${"
    return {re.sub(r"\\(.)", r"\1", key[len(prefix):-1]): value for key, value in variables._lookup_re.items()}


def resolve(job):
    global root, answers
    root = job["root"]
    answers = dict(job.get("exec", {}))
    Functions._sub = substitute if job.get("mended") else as_shipped
    variables = Variables()
    loader = Loader(Locator(list(consts.LOAD_DIRECTORIES)), Factory(), Merger(), None, variables)
    try:
        profile = loader.load(list(job["names"]))
        units = [(unit, unit_answer(unit, variables, job)) for unit in profile.units.values()]
        return {
            "summary": profile.options.get("summary", ""),
            "order": list(profile.units),
            "units": {unit.name: answer for unit, answer in units},
            "variables": variable_values(variables),
            "cmdline": command_line(units, variables),
        }
    except Exception as error:  # whatever TuneD dies of is its answer
        return {"error": "%s: %s" % (type(error).__name__, error)}


json.dump([resolve(job) for job in json.load(sys.stdin)], sys.stdout)
