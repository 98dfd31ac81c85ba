package io.longshore.web.grpc;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grpc.Metadata;
import java.util.List;

/** Replays its corpus in a normal run; searches for more under the profile {@code fuzz}. */
class GrpcLoadFuzzTest {
    private final HostileCalls calls = new HostileCalls();

    @FuzzTest(maxDuration = "5m")
    void anyMessage_isAnsweredOrRefused(byte[] message) {
        calls.check("RepositoryModelLoad", List.of(message), new Metadata(), true, message.length % 8 == 7);
    }
}
