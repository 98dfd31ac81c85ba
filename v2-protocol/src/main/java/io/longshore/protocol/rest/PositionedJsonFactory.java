package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;

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

    /** A parser of a part of an array. */
    Parser parser(byte[] text, int from, int to) {
        return new Parser(this, _createContext(ContentReference.unknown(), false), text, from, to);
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
