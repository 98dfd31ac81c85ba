package io.longshore.protocol.rest;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Replays its corpus in a normal run; searches for more under the profile {@code fuzz}. */
class BinaryBodyFuzzTest {
    private final HostileBodies bodies = new HostileBodies();

    /** Three quarters of the body stand for its JSON. */
    @FuzzTest(maxDuration = "5m")
    void anyBytes_areReadOrRefused(byte[] body) {
        bodies.checkBinary(body, body.length - body.length / 4);
    }
}
