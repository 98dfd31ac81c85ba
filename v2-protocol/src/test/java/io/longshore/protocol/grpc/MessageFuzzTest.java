package io.longshore.protocol.grpc;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Replays its corpus in a normal run; searches for more under the profile {@code fuzz}. */
class MessageFuzzTest {
    private final HostileMessages messages = new HostileMessages();

    @FuzzTest(maxDuration = "5m")
    void anyBytes_areReadOrRefused(byte[] message) {
        messages.check(message);
    }
}
