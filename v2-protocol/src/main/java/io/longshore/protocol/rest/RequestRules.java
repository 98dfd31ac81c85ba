package io.longshore.protocol.rest;

import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Ticker;
import io.longshore.protocol.json.JsonFaults;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What every wire makes of the same fields of a request. All faults are INVALID_ARGUMENT. */
public final class RequestRules {
    /** More dimensions than any model has. */
    public static final int MAX_RANK = 256;

    /** Far beyond every wait, and far from overflow. */
    private static final long MAX_TIMEOUT_MICROS = TimeUnit.DAYS.toMicros(36_500);

    private RequestRules() {}

    /**
     * How a request is to be scheduled that states these parameters.
     *
     * @param priority unsigned; 0 = the model's default
     * @param timeoutMicros unsigned; 0 = none
     * @param ticker the clock that the timeout is counted on, from now
     */
    public static InferenceRequest.Options options(long priority, long timeoutMicros, Ticker ticker) {
        InferenceRequest.Options options = InferenceRequest.Options.DEFAULT;
        if (priority != 0) {
            options = options.withPriority(
                    priority < 0 ? Integer.MAX_VALUE : (int) Math.min(priority, Integer.MAX_VALUE));
        }
        if (timeoutMicros != 0) {
            long micros = timeoutMicros < 0 ? MAX_TIMEOUT_MICROS : Math.min(timeoutMicros, MAX_TIMEOUT_MICROS);
            options = options.withDeadline(Deadline.after(Duration.ofNanos(micros * 1000), ticker));
        }
        return options;
    }

    /** Whether only the server itself may set parameters of this name. */
    public static boolean isReserved(String parameter) {
        return parameter.startsWith("triton_");
    }

    /**
     * The datatype of an input.
     *
     * @throws InferenceException if there is none of this name
     */
    public static DataType datatype(String wireName, String input) {
        return DataType.ofWireName(wireName).orElseThrow(() -> V2Errors.unknownDatatype(wireName, input));
    }

    /**
     * The shape of an input.
     *
     * @throws InferenceException if a dimension is negative or there are too many elements
     */
    public static Shape shape(long[] dims, String input) {
        try {
            return Shape.of(dims);
        } catch (IllegalArgumentException e) {
            throw V2Errors.invalidShape(input, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Checks that an input of a fixed-width type has the bytes that its shape asks for.
     *
     * @param byteSize what it has, unsigned
     * @param id the request's id as far as known, for the message
     * @param model the model's name, for the message
     * @throws InferenceException if it has another number, or asks for more than 64 bits can count
     */
    public static void checkByteSize(long byteSize, DataType type, Shape shape, String input, String id, String model) {
        long count = shape.elementCount();
        if (count > Long.MAX_VALUE / type.byteWidth()) {
            throw JsonFaults.byteSizeOverflow(input, count, type.byteWidth());
        }
        long expected = count * type.byteWidth();
        if (byteSize != expected) {
            throw V2Errors.byteSizeMismatch(id, input, model, expected, byteSize);
        }
    }
}
