package io.longshore.model;

import java.util.OptionalInt;

/**
 * How many of a resource there are ({@code --rate-limit-resource}).
 *
 * @param name as instance groups name it, in upper or lower case
 * @param count at least 0
 * @param device the number of the device that has so many; empty = each device, and what all devices share
 */
public record ResourceLimit(String name, long count, OptionalInt device) {
    public ResourceLimit {
        if (name.isEmpty() || count < 0) {
            throw new IllegalArgumentException(
                    "a resource has a name and a count of at least 0, got '" + name + "' and " + count);
        }
    }
}
