package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.Result;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves byte strings into string tensors and out of them without changing a byte, which the Java binding alone does not:
 * it knows texts, and loses zero bytes, characters above U+FFFF and bytes that are not UTF-8 (see {@link NativeText}).
 *
 * <ul>
 *   <li>In: elements that the binding would change go in as the constant of a tiny model instead.
 *   <li>Out: what was read is compared, inside the runtime, with what it was read from. Where they differ, the element is
 *       read again with a tail behind it: the JVM makes one character of each byte it does not understand, but stops
 *       early by as many, so a tail lets it reach the end. An element that a zero byte cuts off is split there, inside
 *       the runtime. What still differs then is reported instead of returned.
 * </ul>
 *
 * Thread-safe.
 */
final class StringTensors {
    private static final char MARK = '\u0002';
    private static final String FILLER = "\u0001";
    private static final int SPARE_FILLERS = 64;

    private final OrtEnvironment environment;
    private final HelperSessions helpers;

    StringTensors(OrtEnvironment environment, HelperSessions helpers) {
        this.environment = environment;
        this.helpers = helpers;
    }

    /** A string tensor and what ends it. */
    record Held(OnnxTensor tensor, Runnable release) {}

    /** Makes a string tensor of these elements. */
    Held create(List<byte[]> elements, long[] shape) throws OrtException {
        String[] texts = new String[elements.size()];
        for (int i = 0; i < texts.length; i++) {
            String text = NativeText.carrierOf(elements.get(i));
            if (text == null) {
                Result constant = helpers.stringConstant(elements, shape);
                return new Held((OnnxTensor) constant.get(0), constant::close);
            }
            texts[i] = text;
        }
        OnnxTensor tensor = OnnxTensor.createTensor(environment, texts, shape);
        return new Held(tensor, tensor::close);
    }

    /**
     * The elements of a string tensor.
     *
     * @throws InferenceException MODEL_FAILED where an element's bytes cannot be had
     */
    List<byte[]> read(String name, OnnxTensor tensor) throws OrtException {
        Reading reading = readTexts(tensor);
        if (!reading.inexact.isEmpty()) {
            readBetweenZeros(tensor, reading);
        }
        if (!reading.inexact.isEmpty()) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "element " + reading.inexact.nextSetBit(0) + " of output '" + name + "' is not UTF-8, and ONNX"
                            + " Runtime's Java binding does not give out its bytes");
        }
        return reading.elements;
    }

    /**
     * What was read so far.
     *
     * @param elements a guess for each element
     * @param inexact the elements whose guess is wrong
     */
    private record Reading(List<byte[]> elements, BitSet inexact) {}

    /** Reads elements without zero bytes; those with one stay inexact. */
    private Reading readTexts(OnnxTensor tensor) throws OrtException {
        List<String> texts = texts(tensor);
        List<byte[]> elements =
                new ArrayList<>(texts.stream().map(NativeText::bytesOf).toList());
        Reading reading = new Reading(elements, differences(tensor, elements));
        if (!reading.inexact.isEmpty()) {
            List<@Nullable String> whole = textsWithTail(tensor, texts, reading.inexact);
            tryAgain(tensor, whole, NativeText::bytesOfLongSequences, reading);
            if (!reading.inexact.isEmpty()) {
                tryAgain(tensor, whole, NativeText::bytesOfLatin, reading);
            }
        }
        return reading;
    }

    /** Splits what is inexact still, one element at a time so that the parts' number stays that of the element's bytes. */
    private void readBetweenZeros(OnnxTensor tensor, Reading reading) throws OrtException {
        for (int i : reading.inexact.stream().toArray()) {
            try (Result parts = helpers.splitAtZeros(tensor, i)) {
                List<byte[]> between = readTexts((OnnxTensor) parts.get(0)).elements;
                reading.elements.set(i, NativeText.joinedWithZeros(between));
            }
        }
        update(tensor, reading);
    }

    private void tryAgain(
            OnnxTensor tensor, List<@Nullable String> whole, Function<String, byte[]> guess, Reading reading)
            throws OrtException {
        for (int i : reading.inexact.stream().toArray()) {
            String text = whole.get(i);
            if (text != null) {
                reading.elements.set(i, guess.apply(text));
            }
        }
        update(tensor, reading);
    }

    private void update(OnnxTensor tensor, Reading reading) throws OrtException {
        reading.inexact.clear();
        reading.inexact.or(differences(tensor, reading.elements));
    }

    /** The inexact elements, read to their end; null for those that are exact or that a zero byte cuts off. */
    private List<@Nullable String> textsWithTail(OnnxTensor tensor, List<String> texts, BitSet inexact)
            throws OrtException {
        String[] tails = new String[texts.size()];
        for (int i = 0; i < tails.length; i++) {
            // Each character read may stand for three bytes more that were not.
            tails[i] = inexact.get(i) ? MARK + FILLER.repeat(3 * texts.get(i).length() + SPARE_FILLERS) : "";
        }
        List<@Nullable String> whole = new ArrayList<>();
        try (OnnxTensor tail = OnnxTensor.createTensor(environment, tails, shapeOf(tensor));
                Result padded = helpers.concatenate(tensor, tail)) {
            for (String text : texts((OnnxTensor) padded.get(0))) {
                int mark = text.lastIndexOf(MARK);
                whole.add(mark < 0 ? null : text.substring(0, mark));
            }
        }
        return whole;
    }

    /** The positions at which a tensor's elements are not these. */
    private BitSet differences(OnnxTensor tensor, List<byte[]> elements) throws OrtException {
        if (elements.isEmpty()) {
            return new BitSet();
        }
        Held copy = create(elements, shapeOf(tensor));
        try (Result result = helpers.equal(tensor, copy.tensor())) {
            return zeros(((OnnxTensor) result.get(0)).getByteBuffer());
        } finally {
            copy.release().run();
        }
    }

    private static BitSet zeros(ByteBuffer bytes) {
        BitSet zeros = new BitSet();
        for (int i = 0; i < bytes.remaining(); i++) {
            zeros.set(i, bytes.get(i) == 0);
        }
        return zeros;
    }

    private static long[] shapeOf(OnnxTensor tensor) {
        return tensor.getInfo().getShape();
    }

    private static List<String> texts(OnnxTensor tensor) throws OrtException {
        if (tensor.getInfo().getNumElements() == 0) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        collect(tensor.getValue(), texts);
        return texts;
    }

    /** The binding gives a scalar as a text and the rest as arrays within arrays. */
    private static void collect(Object value, List<String> texts) {
        if (value instanceof Object[] values) {
            Arrays.stream(values).forEach(inner -> collect(inner, texts));
        } else {
            texts.add((String) value);
        }
    }
}
