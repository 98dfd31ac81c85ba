package io.longshore.protocol.rest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/**
 * A byte that picks the reader, then the body. Replays its corpus in a normal run; searches for more under the profile
 * {@code fuzz}.
 */
class ExtensionBodyFuzzTest {
    private final HostileExtensions extensions = new HostileExtensions();

    @FuzzTest(maxDuration = "5m")
    void anyBytes_areReadOrRefused(byte[] input) {
        if (input.length > 0) {
            extensions.check(input[0], Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
