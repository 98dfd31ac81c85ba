package io.longshore.web.grpc;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A byte that says how the stream behaves, then messages behind a byte with their length each. Replays its corpus in a normal
 * run; searches for more under the profile {@code fuzz}.
 */
class GrpcStreamFuzzTest {
    private static final Metadata.Key<String> ERRORS_END_STREAM =
            Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);

    private final HostileCalls calls = new HostileCalls();

    @FuzzTest(maxDuration = "5m")
    void anyMessages_areAnsweredOrRefused(byte[] input) {
        int how = input.length == 0 ? 0 : input[0];
        Metadata headers = new Metadata();
        if ((how & 1) != 0) {
            headers.put(ERRORS_END_STREAM, "true");
        }
        calls.check("ModelStreamInfer", messages(input), headers, (how & 2) == 0, (how & 4) != 0);
    }

    private static List<byte[]> messages(byte[] input) {
        List<byte[]> messages = new ArrayList<>();
        for (int at = 1; at < input.length; ) {
            int end = Math.min(input.length, at + 1 + (input[at] & 0xFF));
            messages.add(Arrays.copyOfRange(input, at + 1, end));
            at = end;
        }
        return messages;
    }
}
