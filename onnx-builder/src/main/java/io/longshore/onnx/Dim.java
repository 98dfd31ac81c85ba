package io.longshore.onnx;

import io.longshore.onnx.proto.TensorShapeProto.Dimension;

/** One dimension of a graph's input or output. */
public sealed interface Dim {
    /** A dimension of a fixed size, at least 0. */
    record Fixed(long size) implements Dim {
        public Fixed {
            if (size < 0) {
                throw new IllegalArgumentException("a fixed dimension has at least size 0, got " + size);
            }
        }
    }

    /** A dimension of any size; the same symbol means the same size within a model. */
    record Symbolic(String symbol) implements Dim {}

    /** A dimension of any size without a name. */
    record Unnamed() implements Dim {}

    /** A dimension of a fixed size, at least 0. */
    static Dim dim(long size) {
        return new Fixed(size);
    }

    /** A dimension of any size; the same symbol means the same size within a model. */
    static Dim dim(String symbol) {
        return new Symbolic(symbol);
    }

    /** A dimension of any size without a name. */
    static Dim unnamed() {
        return new Unnamed();
    }

    /** The dimension as {@code config.pbtxt} writes it: -1 means any size. */
    default long configDim() {
        return this instanceof Fixed fixed ? fixed.size() : -1;
    }

    /** The dimension as ONNX files hold it. */
    default Dimension toProto() {
        Dimension.Builder proto = Dimension.newBuilder();
        if (this instanceof Fixed fixed) {
            proto.setDimValue(fixed.size());
        } else if (this instanceof Symbolic symbolic) {
            proto.setDimParam(symbolic.symbol());
        }
        return proto.build();
    }
}
