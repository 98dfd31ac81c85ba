package io.longshore.model;

/**
 * One version of a model.
 *
 * @param name the model's name, as its folder is called
 * @param version its version, at least 1
 */
public record ModelId(String name, long version) {
    public ModelId {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a model name must not be empty");
        }
        if (version < 1) {
            throw new IllegalArgumentException("a model version is at least 1, got " + version);
        }
    }

    @Override
    public String toString() {
        return name + ":" + version;
    }
}
