package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import io.longshore.inference.InferenceException;
import io.longshore.protocol.json.JsonFaults;
import io.longshore.protocol.json.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes parsers of UTF-8 text that can be moved over a part of it which something else has read. Thread-safe. */
final class PositionedJsonFactory extends JsonFactory {
    private static final long serialVersionUID = 1L;
    /** The objects and arrays around a tensor's data. */
    private static final int LEVELS_AROUND_DATA = 3;

    private final int maxDepth;

    PositionedJsonFactory(int maxNesting) {
        super(new JsonFactoryBuilder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxNesting + LEVELS_AROUND_DATA)
                        .build()));
        this.maxDepth = maxNesting + LEVELS_AROUND_DATA;
    }

    /** Makes a request of a text. */
    @FunctionalInterface
    interface Reading {
        DecodedRequest read(Parser parser, JsonText text) throws IOException;
    }

    /**
     * Reads a part of an array with a parser of its own.
     *
     * @throws InferenceException INVALID_ARGUMENT where the text is no JSON, or what {@code reading} throws
     */
    DecodedRequest read(byte[] bytes, int offset, int length, Reading reading) {
        int end = offset + length;
        try (Parser parser = new Parser(this, _createContext(ContentReference.unknown(), false), bytes, offset, end)) {
            return read(parser, new JsonText(bytes, offset, end, maxDepth - LEVELS_AROUND_DATA), reading);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DecodedRequest read(Parser parser, JsonText text, Reading reading) throws IOException {
        try {
            return reading.read(parser, text);
        } catch (JsonProcessingException e) {
            throw fault(e, parser);
        }
    }

    private static InferenceException fault(JsonProcessingException thrown, Parser parser) {
        if (thrown instanceof JsonEOFException) {
            return JsonFaults.truncated(parser.offset());
        }
        return parser.isTooDeep()
                ? JsonFaults.tooDeep(parser.maxDepth - LEVELS_AROUND_DATA)
                : JsonFaults.syntax(thrown.getOriginalMessage(), parser.offset());
    }

    /** A Jackson parser that tells and takes positions in its array. */
    static final class Parser extends UTF8StreamJsonParser {
        private final int from;
        private final int maxDepth;

        Parser(PositionedJsonFactory factory, IOContext context, byte[] text, int from, int to) {
            super(
                    context,
                    factory._parserFeatures,
                    null,
                    null,
                    factory._byteSymbolCanonicalizer.makeChildOrPlaceholder(factory._factoryFeatures),
                    text,
                    from,
                    to,
                    0,
                    false);
            this.from = from;
            this.maxDepth = factory.maxDepth;
        }

        /** At the start of an array: the position behind its bracket. */
        int position() {
            return _inputPtr;
        }

        /** At the start of an array: goes on from a position in it, for example that of its closing bracket. */
        void moveTo(int position) {
            _inputPtr = position;
        }

        /**
         * At a string that nothing has read yet: its text as it stands there, quotes included, and a byte behind it.
         *
         * @throws InferenceException if it has no end
         */
        byte[] rawString(char behind) {
            int start = _inputPtr - 1;
            int at = _inputPtr;
            while (at < _inputEnd && _inputBuffer[at] != '"') {
                at += _inputBuffer[at] == '\\' ? 2 : 1;
            }
            if (at >= _inputEnd) {
                throw JsonFaults.truncated((long) _inputEnd - from);
            }
            byte[] text = Arrays.copyOfRange(_inputBuffer, start, at + 2);
            text[text.length - 1] = (byte) behind;
            return text;
        }

        /** At the start of an array: whether its first element is an object. */
        boolean isObjectNext() {
            return nextByte(_inputPtr) == '{';
        }

        /** As {@link #isObjectNext}, and the object's first field has this name, which has no character to escape. */
        boolean isObjectNextWith(String field) {
            int brace = skipSpace(_inputPtr);
            int quote = skipSpace(brace + 1);
            byte[] name = ('"' + field + '"').getBytes(StandardCharsets.US_ASCII);
            int end = quote + name.length;
            return end <= _inputEnd && Arrays.equals(_inputBuffer, quote, end, name, 0, name.length);
        }

        private int nextByte(int position) {
            int at = skipSpace(position);
            return at < _inputEnd ? _inputBuffer[at] : -1;
        }

        private int skipSpace(int position) {
            int at = position;
            while (at < _inputEnd && _inputBuffer[at] >= 0 && _inputBuffer[at] <= ' ') {
                at++;
            }
            return at;
        }

        /** The offset of the present position from the start of the text. */
        long offset() {
            return (long) _inputPtr - from;
        }

        /** Whether arrays and objects stand deeper within each other than allowed. */
        boolean isTooDeep() {
            return getParsingContext().getNestingDepth() > maxDepth;
        }
    }
}
