package io.longshore.system;

import static io.longshore.onnx.Dim.dim;

import io.longshore.onnx.Dim;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.onnx.OnnxNode;
import java.io.IOException;
import java.util.Locale;

/** The models of {@link ConformanceIT}, each for a feature that the test models of other servers' clients have. */
final class ConformanceModels {
    private ConformanceModels() {}

    /** Puts all of them there. */
    static void write(TestRepository repository) throws IOException {
        repository.simple("simple");
        for (ElementType type : ElementType.values()) {
            identities(repository, type);
        }
        repository
                .onnx("versions", 1, OnnxModels.simple())
                .onnx("versions", 3, OnnxModels.simple())
                .config("versions", "max_batch_size: 8 version_policy { all { } }")
                .javaModel("bytes", EchoModel.class)
                .javaModel("optional", OptionalSumModel.class);
        reshapes(repository);
        images(repository);
    }

    /** The name of the unbatched identity of a datatype. */
    static String identity(String datatype) {
        return "identity_" + datatype.toLowerCase(Locale.ROOT);
    }

    /** The name of the batched identity of a datatype. */
    static String batchedIdentity(String datatype) {
        return "batched_" + identity(datatype);
    }

    private static void identities(TestRepository repository, ElementType type) throws IOException {
        String datatype = type.v2Name();
        repository
                .onnx(identity(datatype), 1, OnnxModels.identity(type, dim("N")))
                .config(
                        identity(datatype),
                        "max_batch_size: 0 input [" + tensor("INPUT0", type, "-1") + "] output ["
                                + tensor("OUTPUT0", type, "-1") + "]")
                .onnx(batchedIdentity(datatype), 1, OnnxModels.identity(type, dim("N"), dim("M")))
                .config(batchedIdentity(datatype), "max_batch_size: 4");
    }

    private static String tensor(String name, ElementType type, String dims) {
        return "{ name: \"" + name + "\" data_type: " + type.configName() + " dims: [" + dims + "] }";
    }

    /** A scalar that callers see as [1], and 16 values that callers see as [2,8] on one side and [4,4] on the other. */
    private static void reshapes(TestRepository repository) throws IOException {
        repository
                .onnx("scalar", 1, OnnxModels.identity(ElementType.FLOAT))
                .config("scalar", """
                        input { name: "INPUT0" data_type: TYPE_FP32 dims: [1] reshape { shape: [] } }
                        output { name: "OUTPUT0" data_type: TYPE_FP32 dims: [1] reshape { shape: [] } }
                        """)
                .onnx("reshaped", 1, OnnxModels.identity(ElementType.INT32, dim("N"), dim(16)))
                .config("reshaped", """
                        max_batch_size: 4
                        input { name: "INPUT0" data_type: TYPE_INT32 dims: [2, 8] reshape { shape: [16] } }
                        output { name: "OUTPUT0" data_type: TYPE_INT32 dims: [4, 4] reshape { shape: [16] } }
                        """);
    }

    /** One model for each layout of images that a configuration may name; the layout is for clients to read. */
    private static void images(TestRepository repository) throws IOException {
        for (String format : new String[] {"NCHW", "NHWC"}) {
            String dims = format.equals("NCHW") ? "3, 4, 5" : "4, 5, 3";
            Dim[] shape = format.equals("NCHW")
                    ? new Dim[] {dim("N"), dim(3), dim(4), dim(5)}
                    : new Dim[] {dim("N"), dim(4), dim(5), dim(3)};
            OnnxGraph graph = OnnxGraph.named("image")
                    .input("IMAGE", ElementType.UINT8, shape)
                    .node(OnnxNode.of("Identity").inputs("IMAGE").outputs("OUT"))
                    .output("OUT", ElementType.UINT8, shape);
            repository.onnx("image_" + format, 1, graph).config("image_" + format, """
                    max_batch_size: 2
                    input { name: "IMAGE" data_type: TYPE_UINT8 format: FORMAT_%s dims: [%s] }
                    output { name: "OUT" data_type: TYPE_UINT8 dims: [%s] }
                    """.formatted(format, dims, dims));
        }
    }
}
