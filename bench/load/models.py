"""Models that the load runs make."""
import zipfile

import harness


def add_sleeping_model(repository, name="sleeping", more=""):
    """The system tests' model of the Java backend that sleeps as long as its input says; more: what else its configuration says."""
    class_name = "io.longshore.system.SlowModel"
    version = repository / name / "1"
    version.mkdir(parents=True)
    with zipfile.ZipFile(version / "model.jar", "w") as jar:
        entry = class_name.replace(".", "/") + ".class"
        jar.write(harness.ROOT / "system-tests/target/test-classes" / entry, entry)
    (repository / name / "config.pbtxt").write_text(
        f'backend: "java" parameters {{ key: "class" value {{ string_value: "{class_name}" }} }} {more}'
    )
