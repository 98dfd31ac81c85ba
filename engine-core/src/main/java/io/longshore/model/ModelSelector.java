package io.longshore.model;

/** Which version of a model a caller wants. */
public sealed interface ModelSelector {
    /** The model's name. */
    String name();

    /** The highest version that is ready. */
    static ModelSelector latest(String name) {
        return new Latest(name);
    }

    /** This version and no other. */
    static ModelSelector exact(String name, long version) {
        return new Exact(new ModelId(name, version));
    }

    /** The highest version that is ready. */
    record Latest(String name) implements ModelSelector {}

    /** One named version. */
    record Exact(ModelId id) implements ModelSelector {
        @Override
        public String name() {
            return id.name();
        }
    }
}
