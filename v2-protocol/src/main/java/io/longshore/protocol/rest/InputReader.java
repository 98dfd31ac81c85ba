package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.protocol.json.JsonText;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of {@code inputs}. The fields may come in any order: data that comes when name, datatype and shape are
 * known, as clients send it, is read at once; other data is skipped and read afterwards. Not thread-safe; used once.
 */
final class InputReader {
    private static final int NOT_GIVEN = -1;

    private final PositionedJsonFactory.Parser parser;
    private final JsonText text;
    private final TensorJsonReader json;
    private final SharedTensors shared;

    private @Nullable String name;
    private @Nullable String datatype;
    private long @Nullable [] dims;
    private @Nullable Object parameters;
    private int dataPosition = NOT_GIVEN;
    private @Nullable Tensor tensor;
    private @Nullable Long binarySize;
    private @Nullable String region;
    private long regionOffset;
    private long regionSize;

    InputReader(PositionedJsonFactory.Parser parser, JsonText text, TensorJsonReader json, SharedTensors shared) {
        this.parser = parser;
        this.text = text;
        this.json = json;
        this.shared = shared;
    }

    /**
     * Reads the object that the parser is at.
     *
     * @param id the request's id as far as known, for messages
     * @param model the model's name, for messages
     * @return the caller's to release
     */
    Tensor read(BinaryTail tail, String id, String model) throws IOException {
        boolean complete = false;
        try {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw V2Errors.missing("name");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                readField(parser.currentName());
            }
            checkSource();
            Tensor result = tensor != null ? tensor : readLate(tail, id, model);
            complete = true;
            return result;
        } finally {
            if (!complete && tensor != null) {
                tensor.release();
            }
        }
    }

    private void readField(String field) throws IOException {
        switch (field) {
            case "name" -> {
                JsonFields.checkFirst(name, field);
                name = JsonFields.string(parser, field);
            }
            case "datatype" -> {
                JsonFields.checkFirst(datatype, field);
                datatype = JsonFields.string(parser, field);
            }
            case "shape" -> {
                JsonFields.checkFirst(dims, field);
                dims = readDims();
            }
            case "parameters" -> {
                JsonFields.checkFirst(parameters, field);
                parameters = field;
                readParameters();
            }
            case "data" -> readData();
            default -> JsonFields.skip(parser);
        }
    }

    private long[] readDims() throws IOException {
        JsonFields.startArray(parser, "shape");
        long[] values = new long[4];
        int rank = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (rank == RequestRules.MAX_RANK) {
                throw V2Errors.cannotParse("shape", "more than " + RequestRules.MAX_RANK + " dimensions");
            }
            if (rank == values.length) {
                values = Arrays.copyOf(values, 2 * rank);
            }
            values[rank] = JsonFields.currentUnsigned(parser, "shape");
            rank++;
        }
        return Arrays.copyOf(values, rank);
    }

    private void readParameters() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            switch (parser.currentName()) {
                case "binary_data_size" -> {
                    JsonFields.checkFirst(binarySize, "binary_data_size");
                    binarySize = JsonFields.unsigned(parser, "binary_data_size");
                }
                case "shared_memory_region" -> {
                    JsonFields.checkFirst(region, "shared_memory_region");
                    region = JsonFields.string(parser, "shared_memory_region");
                }
                case "shared_memory_offset" -> regionOffset = JsonFields.unsigned(parser, "shared_memory_offset");
                case "shared_memory_byte_size" -> regionSize = JsonFields.unsigned(parser, "shared_memory_byte_size");
                default -> JsonFields.skip(parser);
            }
        }
    }

    private void readData() throws IOException {
        if (dataPosition != NOT_GIVEN) {
            throw V2Errors.repeated("data");
        }
        JsonFields.startArray(parser, "data");
        dataPosition = parser.position();
        if (name != null && datatype != null && dims != null) {
            TensorJsonReader.Result result = json.read(text, dataPosition, name, type(), shape());
            tensor = result.tensor();
            parser.moveTo(result.end());
            parser.nextToken();
        } else {
            parser.skipChildren();
        }
    }

    private void checkSource() {
        boolean data = dataPosition != NOT_GIVEN;
        boolean binary = binarySize != null;
        boolean inRegion = region != null;
        if ((data ? 1 : 0) + (binary ? 1 : 0) + (inRegion ? 1 : 0) != 1) {
            throw V2Errors.notOneSource(data, binary, inRegion);
        }
    }

    private Tensor readLate(BinaryTail tail, String id, String model) {
        String known = name();
        DataType type = type();
        Shape shape = shape();
        if (region != null) {
            return shared.input(new RegionPart(region, regionOffset, regionSize), known, type, shape, id, model);
        }
        if (binarySize == null) {
            return json.read(text, dataPosition, known, type, shape).tensor();
        }
        if (!type.isVariableWidth()) {
            RequestRules.checkByteSize(binarySize, type, shape, known, id, model);
        }
        HostMemory memory = tail.next(known, binarySize);
        return new Tensor(known, type, shape, memory);
    }

    private String name() {
        if (name == null) {
            throw V2Errors.missing("name");
        }
        return name;
    }

    private DataType type() {
        if (datatype == null) {
            throw V2Errors.missing("datatype");
        }
        return RequestRules.datatype(datatype, name());
    }

    private Shape shape() {
        if (dims == null) {
            throw V2Errors.missing("shape");
        }
        return RequestRules.shape(dims, name());
    }
}
