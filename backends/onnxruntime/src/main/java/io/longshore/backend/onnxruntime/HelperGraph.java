package io.longshore.backend.onnxruntime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tiny models that do inside the runtime what its Java binding has no call for. They are written here, field by field, so
 * that the server needs no ONNX library. Inputs are called {@code a} and {@code b}, the output {@code y}; all take any
 * shape.
 *
 * <p>Source of the field numbers: ONNX, {@code onnx.proto}.
 */
final class HelperGraph {
    static final String INPUT_A = "a";
    static final String INPUT_B = "b";
    static final String OUTPUT = "y";

    private static final int IR_VERSION = 9;
    /** The first operator set with StringConcat. */
    private static final int OPSET = 20;

    private static final int ATTRIBUTE_IS_INT = 2;
    private static final int ATTRIBUTE_IS_STRING = 3;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private HelperGraph() {}

    /** {@code y = a} as another type, or as the same one: then it is a copy. */
    static byte[] cast(ElementType from, ElementType to) {
        HelperGraph attribute =
                new HelperGraph().text(1, "to").number(3, to.number()).number(20, ATTRIBUTE_IS_INT);
        return model(new HelperGraph()
                .message(1, node("Cast", List.of(INPUT_A), List.of(OUTPUT)).message(5, attribute))
                .text(2, "cast")
                .message(11, value(INPUT_A, from))
                .message(12, value(OUTPUT, to)));
    }

    /** {@code y = operator(a, b)} on two string tensors. */
    static byte[] onStrings(String operator, ElementType result) {
        return model(new HelperGraph()
                .message(1, node(operator, List.of(INPUT_A, INPUT_B), List.of(OUTPUT)))
                .text(2, "strings")
                .message(11, value(INPUT_A, ElementType.STRING))
                .message(11, value(INPUT_B, ElementType.STRING))
                .message(12, value(OUTPUT, result)));
    }

    /**
     * {@code y} [1,n] are the parts of one element of the string tensor {@code a} between its zero bytes; INT64 {@code b}
     * [1] says which element, counted over all dimensions.
     */
    static byte[] splitAtZeros() {
        HelperGraph flat = new HelperGraph()
                .number(1, 1)
                .number(2, ElementType.INT64.number())
                .text(8, "flat");
        flat.raw(9, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
        HelperGraph delimiter =
                new HelperGraph().text(1, "delimiter").text(4, "\0").number(20, ATTRIBUTE_IS_STRING);
        return model(new HelperGraph()
                .message(1, node("Reshape", List.of(INPUT_A, "flat"), List.of("row")))
                .message(1, node("Gather", List.of("row", INPUT_B), List.of("element")))
                .message(
                        1,
                        node("StringSplit", List.of("element"), List.of(OUTPUT, "counts"))
                                .message(5, delimiter))
                .text(2, "split")
                .message(5, flat)
                .message(11, value(INPUT_A, ElementType.STRING))
                .message(11, value(INPUT_B, ElementType.INT64))
                .message(12, value(OUTPUT, ElementType.STRING)));
    }

    /** {@code y} is a string tensor of these elements, byte for byte; there is no input. */
    static byte[] stringConstant(List<byte[]> elements, long[] shape) {
        HelperGraph constant = new HelperGraph();
        for (long dim : shape) {
            constant.number(1, dim);
        }
        constant.number(2, ElementType.STRING.number());
        for (byte[] element : elements) {
            constant.raw(6, element);
        }
        constant.text(8, INPUT_A);
        return model(new HelperGraph()
                .message(1, node("Identity", List.of(INPUT_A), List.of(OUTPUT)))
                .text(2, "constant")
                .message(5, constant)
                .message(12, value(OUTPUT, ElementType.STRING)));
    }

    private static byte[] model(HelperGraph graph) {
        HelperGraph opset = new HelperGraph().text(1, "").number(2, OPSET);
        return new HelperGraph()
                .number(1, IR_VERSION)
                .message(7, graph)
                .message(8, opset)
                .bytes
                .toByteArray();
    }

    private static HelperGraph node(String operator, List<String> inputs, List<String> outputs) {
        HelperGraph node = new HelperGraph();
        inputs.forEach(name -> node.text(1, name));
        outputs.forEach(name -> node.text(2, name));
        return node.text(4, operator);
    }

    private static HelperGraph value(String name, ElementType type) {
        HelperGraph tensor = new HelperGraph().number(1, type.number());
        return new HelperGraph().text(1, name).message(2, new HelperGraph().message(1, tensor));
    }

    private HelperGraph number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private HelperGraph text(int field, String value) {
        return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private HelperGraph message(int field, HelperGraph value) {
        return raw(field, value.bytes.toByteArray());
    }

    private HelperGraph raw(int field, byte[] value) {
        varint(((long) field << 3) | 2);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
