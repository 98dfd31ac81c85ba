package io.longshore.model;

import java.util.List;

/**
 * What the rate limiter knows of the instances of a group ({@code rate_limiter} of an instance group).
 *
 * @param resources what an instance has to itself while it runs
 * @param priority the weight of its turns: 1 gets twice as many as 2; at least 1
 */
public record RateLimit(List<Resource> resources, int priority) {
    /** No resources, first priority. */
    public static final RateLimit NONE = new RateLimit(List.of(), 1);

    public RateLimit {
        resources = List.copyOf(resources);
        if (priority < 1) {
            throw new IllegalArgumentException("a priority is at least 1, got " + priority);
        }
    }

    /**
     * So many of something that there is a limited number of.
     *
     * @param global whether all devices share it, and not each has its own
     * @param count what one instance takes; at least 0
     */
    public record Resource(String name, boolean global, long count) {
        public Resource {
            if (name.isEmpty() || count < 0) {
                throw new IllegalArgumentException(
                        "a resource has a name and a count of at least 0, got '" + name + "' and " + count);
            }
        }
    }
}
