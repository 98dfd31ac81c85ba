package io.longshore.protocol.rest;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Replays its corpus in a normal run; searches for more under the profile {@code fuzz}. */
class PredictBodyFuzzTest {
    private final HostileBodies bodies = new HostileBodies();

    @FuzzTest(maxDuration = "5m")
    void anyBytes_areReadOrRefused(byte[] body) {
        bodies.checkPredict(body);
    }
}
