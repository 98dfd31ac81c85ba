package io.longshore.protocol.grpc;

import static io.longshore.protocol.grpc.Requests.input;
import static io.longshore.protocol.grpc.Requests.integer;
import static io.longshore.protocol.grpc.Requests.output;
import static io.longshore.protocol.grpc.Requests.raw;
import static io.longshore.protocol.grpc.Requests.request;
import static io.longshore.protocol.grpc.Requests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no message, or more of one than is allowed. */
class MalformedMessagesTest {
    private static final String CUT_OFF =
            "failed to parse the request message: it ends before its last field is complete";

    private final Refusals refusals = new Refusals();

    @AfterEach
    void allMemoryIsReleased() {
        refusals.assertAllMemoryIsReleased();
    }

    private static byte[] plain() {
        return request()
                .setId("7")
                .putParameters("p", text("v"))
                .addInputs(input("A", "INT8", 2))
                .addInputs(input("B", "INT16", 1))
                .addOutputs(output("O").putParameters("classification", integer(1)))
                .addRawInputContents(raw(1, 2))
                .addRawInputContents(raw(3, 4))
                .build()
                .toByteArray();
    }

    @Test
    void everyPrefixOfARequest_isReadOrRefused() {
        byte[] whole = plain();
        int read = 0;
        for (int length = 0; length < whole.length; length++) {
            if (isRead(Arrays.copyOf(whole, length))) {
                read++;
            }
        }
        // Between two fields a prefix is a whole message; with an input in it, it lacks that input's data.
        assertThat(read).isEqualTo(4);
    }

    private boolean isRead(byte[] message) {
        try {
            refusals.decoder.decode(WireSource.of(message)).request().release();
            return true;
        } catch (InferenceException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, Integer.MAX_VALUE, 1L << 31, 1L << 32, 1L << 62, -1, Long.MIN_VALUE})
    void lengthBeyondTheMessage_isRefusedBeforeMemoryIsTaken(long length) {
        for (int field = 1; field < 10; field++) {
            refusals.assertFault(WireBytes.joined(plain(), WireBytes.prefix(field, length)), CUT_OFF);
        }
        int before = refusals.allocator.total();
        refusals.assertFault(WireBytes.prefix(7, length), CUT_OFF);
        assertThat(refusals.allocator.total()).isEqualTo(before);
    }

    @Test
    void groups_areRefused() {
        for (int wireType : new int[] {3, 4, 6, 7}) {
            for (int field : new int[] {1, 7, 12}) {
                refusals.assertFault(
                        WireBytes.joined(plain(), new byte[] {(byte) (field << 3 | wireType), 0}),
                        "failed to parse the request message: field " + field + " is a group or of no known wire type");
            }
        }
    }

    @Test
    void impossibleTags_areRefused() {
        byte[] zero = {0, 1};
        refusals.assertFault(zero, "failed to parse the request message: it has a field of an impossible number");
        byte[] large = {-1, -1, -1, -1, 0x7F, 0};
        refusals.assertFault(large, "failed to parse the request message: it has a field of an impossible number");
        byte[] endless = new byte[12];
        Arrays.fill(endless, (byte) -1);
        refusals.assertFault(endless, "failed to parse the request message: it has an integer of more than ten bytes");
    }

    @Test
    void unknownFieldsThatEndTooEarly_areRefused() {
        refusals.assertFault(new byte[] {(byte) (12 << 3 | 1), 1, 2, 3}, CUT_OFF);
        refusals.assertFault(new byte[] {(byte) (12 << 3 | 5), 1, 2, 3}, CUT_OFF);
        refusals.assertFault(new byte[] {12 << 3, -1}, CUT_OFF);
        refusals.assertFault(new byte[] {12 << 3 | 2, 2, 0}, CUT_OFF);
    }

    @Test
    void brokenContentOfAField_isRefused() {
        byte[] invalidUtf8 = WireBytes.field(1, (byte) 0xFF);
        assertThatThrownBy(() -> refusals.decoder.decode(WireSource.of(invalidUtf8)))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("failed to parse the request message: ");
        byte[] brokenInput = WireBytes.joined(plain(), WireBytes.field(5, (byte) 0x0A, (byte) 9));
        assertThatThrownBy(() -> refusals.decoder.decode(WireSource.of(brokenInput)))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("failed to parse the request message: ");
    }

    @Test
    void tooManyEntries_areRefused() {
        byte[] message = new byte[2 * ((1 << 14) + 1)];
        for (int i = 0; i < message.length; i += 2) {
            message[i] = 7 << 3 | 2;
        }
        refusals.assertFault(
                message,
                "a request may have 16384 entries of 'parameters', 'inputs', 'outputs' and 'raw_input_contents'"
                        + " together; this one has more");
    }

    @Test
    void tooManyBytesBesideTheTensors_areRefused() {
        byte[] message = WireBytes.field(5, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> refusals.decoder.decode(WireSource.of(message)))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("request fields other than 'raw_input_contents' have ")
                .hasMessageEndingWith(
                        " bytes, which exceeds the maximum allowed size of 1048576 bytes. Send large tensors as"
                                + " 'raw_input_contents'.");
        for (int limit : new int[] {0, -1, (1 << 30) + 1}) {
            assertThatThrownBy(() -> new ProtoInferDecoder(limit, refusals.allocator, () -> 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void sourceThatFails_isAFaultOfTheMessage() {
        byte[] message = plain();
        WireSource broken = new BrokenSource(WireSource.of(message));
        assertThatThrownBy(() -> refusals.decoder.decode(broken))
                .isInstanceOf(InferenceException.class)
                .hasMessage("failed to parse the request message: broken");
    }

    @Test
    void sourceThatPromisesTooMuch_isAFaultOfTheMessage() {
        assertThatThrownBy(() -> WireSource.of(new byte[0]).next()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> WireSource.of(new byte[1]).fill(ByteBuffer.allocate(2)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> WireSource.of(new byte[1]).skip(2)).isInstanceOf(IOException.class);
    }

    /** Fails where the second tensor would be read. */
    private static final class BrokenSource implements WireSource {
        private final WireSource whole;
        private int direct;

        BrokenSource(WireSource whole) {
            this.whole = whole;
        }

        @Override
        public long remaining() {
            return whole.remaining();
        }

        @Override
        public byte next() throws IOException {
            return whole.next();
        }

        @Override
        public void fill(ByteBuffer target) throws IOException {
            if (target.isDirect() && ++direct == 2) {
                throw new IOException("broken");
            }
            whole.fill(target);
        }

        @Override
        public void skip(long count) throws IOException {
            whole.skip(count);
        }
    }
}
