package io.longshore.protocol.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Deque;

/**
 * Takes the tensors out of a {@code ModelInferRequest} on the wire: {@code raw_input_contents} into tensor memory, every
 * other known field, byte for byte, into an array that protobuf then parses. Unknown fields are dropped, groups refused.
 * Not thread-safe; used once.
 */
final class FieldSplitter {
    /** Parameters, inputs, outputs and tensors that a message may have: more than any model needs, yet cheap as objects. */
    private static final int MAX_ENTRIES = 1 << 14;

    /** Room for the longest tag and length. */
    private static final int MAX_PREFIX = 10;

    /** Unknown fields inside of inputs and outputs would only take memory. */
    private static final Parser<ModelInferRequest> PARSER = DiscardUnknownFieldsParser.wrap(ModelInferRequest.parser());

    private final WireSource source;
    private final int maxGatheredSize;
    private final MemoryAllocator allocator;
    private ByteBuffer gathered;
    private int entries;

    /**
     * A splitter.
     *
     * @param chunk where fields are gathered until they are more; in use until the parsed message is no longer
     * @param maxGatheredSize the most bytes that may be gathered
     */
    FieldSplitter(WireSource source, byte[] chunk, int maxGatheredSize, MemoryAllocator allocator) {
        this.source = source;
        this.gathered = ByteBuffer.wrap(chunk);
        this.maxGatheredSize = maxGatheredSize;
        this.allocator = allocator;
    }

    /**
     * Reads the whole message.
     *
     * @param raw takes the tensors in their order, the caller's to release even after a fault
     * @return the message without its {@code raw_input_contents}; its {@code bytes_contents} lie in the gathered bytes
     */
    ModelInferRequest split(Deque<HostMemory> raw) throws IOException {
        while (source.remaining() > 0) {
            int tag = tag();
            if (isGathered(tag)) {
                gather(tag, length());
            } else if (tag == tag(ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER)) {
                countEntry();
                readRaw(length(), raw);
            } else {
                skip(tag);
            }
        }
        return parse();
    }

    private ModelInferRequest parse() throws IOException {
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(gathered.array(), 0, gathered.position())
                .newCodedInput();
        in.enableAliasing(true);
        return PARSER.parseFrom(in);
    }

    private static boolean isGathered(int tag) {
        return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                && WireFormat.getTagFieldNumber(tag) <= ModelInferRequest.OUTPUTS_FIELD_NUMBER;
    }

    /** The tag of a field that has a length. */
    private static int tag(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private void gather(int tag, int length) throws IOException {
        if (tag >= tag(ModelInferRequest.PARAMETERS_FIELD_NUMBER)) {
            countEntry();
        }
        makeRoom(length);
        putVarint(tag);
        putVarint(length);
        ByteBuffer room = gathered.slice(gathered.position(), length);
        source.fill(room);
        gathered.position(gathered.position() + length);
    }

    private void makeRoom(int length) {
        long size = (long) gathered.position() + length;
        if (size > maxGatheredSize) {
            throw MessageErrors.tooLarge(size, maxGatheredSize);
        }
        long needed = size + MAX_PREFIX;
        if (needed > gathered.capacity()) {
            int capacity = (int) Math.max(needed, Math.min(2L * gathered.capacity(), maxGatheredSize));
            gathered =
                    ByteBuffer.wrap(Arrays.copyOf(gathered.array(), capacity)).position(gathered.position());
        }
    }

    private void putVarint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            gathered.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        gathered.put((byte) rest);
    }

    private void readRaw(int length, Deque<HostMemory> raw) throws IOException {
        HostMemory memory = length == 0 ? HostMemory.empty() : allocator.allocate(length);
        raw.add(memory);
        source.fill(memory.buffer());
    }

    private void countEntry() {
        if (++entries > MAX_ENTRIES) {
            throw MessageErrors.tooManyEntries(MAX_ENTRIES);
        }
    }

    private void skip(int tag) throws IOException {
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> varint();
            case WireFormat.WIRETYPE_FIXED64 -> skipBytes(Long.BYTES);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> skipBytes(length());
            case WireFormat.WIRETYPE_FIXED32 -> skipBytes(Integer.BYTES);
            default ->
                throw MessageErrors.malformed(
                        "field " + WireFormat.getTagFieldNumber(tag) + " is a group or of no known wire type");
        }
    }

    private void skipBytes(int count) throws IOException {
        if (count > source.remaining()) {
            throw MessageErrors.truncated();
        }
        source.skip(count);
    }

    private int tag() throws IOException {
        long tag = varint();
        if (tag >>> Integer.SIZE != 0 || WireFormat.getTagFieldNumber((int) tag) == 0) {
            throw MessageErrors.malformed("it has a field of an impossible number");
        }
        return (int) tag;
    }

    /** The length of the field, which the message has left. */
    private int length() throws IOException {
        long length = varint();
        if (length < 0 || length > Integer.MAX_VALUE || length > source.remaining()) {
            throw MessageErrors.truncated();
        }
        return (int) length;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (source.remaining() == 0) {
                throw MessageErrors.truncated();
            }
            byte next = source.next();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw MessageErrors.malformed("it has an integer of more than ten bytes");
    }
}
