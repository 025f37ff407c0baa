"""Nova itself, asked without a server: what its API validators and numa_get_constraints make of flavors.

Reads a JSON list of {vcpus, ram, extra_specs, image} on stdin and writes a list of answers.
"""
import json
import logging
import sys

sys.path.insert(0, '/usr/lib/python3/dist-packages')
logging.disable(logging.CRITICAL)

from nova import exception, objects  # noqa: E402
from nova.api.validation.extra_specs import validators  # noqa: E402
from nova.objects import fields  # noqa: E402,F401
from nova.virt import hardware  # noqa: E402

objects.register_all()


def boot(item):
    flavor = objects.Flavor(vcpus=item['vcpus'], memory_mb=item['ram'], extra_specs=item['extra_specs'], name='f')
    image = objects.ImageMeta.from_dict({'properties': item.get('image', {})})
    topology = hardware.numa_get_constraints(flavor, image)
    realtime = hardware.get_realtime_cpu_constraint(flavor, image)
    cells = None if topology is None else [
        {'floating': sorted(cell.cpuset), 'pinned': sorted(cell.pcpuset)} for cell in topology.cells]
    return {
        'result': 'OK',
        'realtime': None if realtime is None else sorted(realtime),
        'cells': cells,
        'pageSizeKib': None if topology is None else topology.cells[0].pagesize,
        'emulatorThreads': None if topology is None else topology.emulator_threads_policy,
    }


def answer(item):
    api = {}
    for key, value in item['extra_specs'].items():
        try:
            validators.validate(key, value)
            api[key] = True
        except exception.ValidationError:
            api[key] = False
    try:
        return {'api': api, **boot(item)}
    except Exception as error:  # the class is the answer
        return {'api': api, 'result': type(error).__name__}


json.dump([answer(item) for item in json.load(sys.stdin)], sys.stdout)
