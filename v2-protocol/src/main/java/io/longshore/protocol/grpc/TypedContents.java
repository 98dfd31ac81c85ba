package io.longshore.protocol.grpc;

import com.google.protobuf.ByteString;
import io.longshore.protocol.grpc.proto.InferTensorContents;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The elements of an input that are given as {@code contents}. Immutable. */
final class TypedContents {
    private static final Field[] FIELDS = Field.values();

    private final InferTensorContents contents;
    private final DataType type;
    private final @Nullable Field field;

    private TypedContents(InferTensorContents contents, DataType type, @Nullable Field field) {
        this.contents = contents;
        this.type = type;
        this.field = field;
    }

    /**
     * The contents of an input.
     *
     * @param type the input's datatype
     * @param model the model's name, for messages
     * @throws io.longshore.inference.InferenceException if another field than the datatype's is filled
     */
    static TypedContents of(InferInputTensor input, DataType type, String model) {
        InferTensorContents contents = input.getContents();
        Field filled = null;
        for (Field field : FIELDS) {
            if (field.count(contents) == 0) {
                continue;
            }
            if (filled != null) {
                throw MessageErrors.severalContents(input.getName(), model);
            }
            DataType given = field.asType(type);
            if (given != type) {
                throw MessageErrors.wrongContents(input.getName(), model, given.wireName(), type.wireName());
            }
            filled = field;
        }
        return new TypedContents(contents, type, filled);
    }

    /** The bytes that the elements have as a tensor. */
    long byteSize() {
        if (field == null) {
            return 0;
        }
        return type.isVariableWidth() ? bytesSize() : (long) field.count(contents) * type.byteWidth();
    }

    private long bytesSize() {
        long size = 0;
        for (int i = 0; i < contents.getBytesContentsCount(); i++) {
            size += BytesElements.LENGTH_BYTES
                    + (long) contents.getBytesContents(i).size();
        }
        return size;
    }

    /**
     * Writes the elements as a tensor has them.
     *
     * @param out little-endian, with room for {@link #byteSize()} bytes
     */
    void writeTo(ByteBuffer out) {
        if (field != null) {
            field.write(contents, type, out);
        }
    }

    /** A field of the contents. Integers are cut to the width of the datatype, as Triton does. */
    private enum Field {
        BOOL(DataType.BOOL) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getBoolContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getBoolContentsCount(); i++) {
                    out.put((byte) (contents.getBoolContents(i) ? 1 : 0));
                }
            }
        },
        INT(DataType.INT32) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getIntContentsCount();
            }

            @Override
            DataType asType(DataType wanted) {
                return wanted == DataType.INT8 || wanted == DataType.INT16 ? wanted : DataType.INT32;
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getIntContentsCount(); i++) {
                    putInteger(contents.getIntContents(i), type, out);
                }
            }
        },
        INT64(DataType.INT64) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getInt64ContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getInt64ContentsCount(); i++) {
                    out.putLong(contents.getInt64Contents(i));
                }
            }
        },
        UINT(DataType.UINT32) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getUintContentsCount();
            }

            @Override
            DataType asType(DataType wanted) {
                return wanted == DataType.UINT8 || wanted == DataType.UINT16 ? wanted : DataType.UINT32;
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getUintContentsCount(); i++) {
                    putInteger(contents.getUintContents(i), type, out);
                }
            }
        },
        UINT64(DataType.UINT64) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getUint64ContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getUint64ContentsCount(); i++) {
                    out.putLong(contents.getUint64Contents(i));
                }
            }
        },
        FP32(DataType.FP32) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getFp32ContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
                    out.putFloat(contents.getFp32Contents(i));
                }
            }
        },
        FP64(DataType.FP64) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getFp64ContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
                    out.putDouble(contents.getFp64Contents(i));
                }
            }
        },
        BYTES(DataType.BYTES) {
            @Override
            int count(InferTensorContents contents) {
                return contents.getBytesContentsCount();
            }

            @Override
            void write(InferTensorContents contents, DataType type, ByteBuffer out) {
                for (int i = 0; i < contents.getBytesContentsCount(); i++) {
                    ByteString element = contents.getBytesContents(i);
                    out.putInt(element.size());
                    element.copyTo(out);
                }
            }
        };

        private final DataType type;

        Field(DataType type) {
            this.type = type;
        }

        abstract int count(InferTensorContents contents);

        abstract void write(InferTensorContents contents, DataType type, ByteBuffer out);

        /** The datatype that this field gives an input that wants {@code wanted}; another where it cannot. */
        DataType asType(DataType wanted) {
            return type;
        }

        private static void putInteger(int value, DataType type, ByteBuffer out) {
            switch (type.byteWidth()) {
                case Byte.BYTES -> out.put((byte) value);
                case Short.BYTES -> out.putShort((short) value);
                default -> out.putInt(value);
            }
        }
    }
}
