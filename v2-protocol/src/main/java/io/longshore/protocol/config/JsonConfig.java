package io.longshore.protocol.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.longshore.protocol.config.proto.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration as protobuf's JSON has it, in which all problems are found at once, other than by protobuf's own parser.
 * Lines are not known: such a text is made by a program, as a rule in one line.
 *
 * @param message the fields that the text states
 * @param stated the names of the top-level ones
 */
record JsonConfig(ModelConfig message, Set<String> stated) implements ConfigLines {
    private static final int MAX_NESTING = 64;

    /** Remembers no names: they are whatever clients send. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    /** Parses a text; what is wrong with it goes to {@code findings}. Empty where it is no JSON object. */
    static Optional<JsonConfig> parse(String text, ConfigFindings findings) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                findings.problem(0, "must be a JSON object such as {\"max_batch_size\":8}");
                return Optional.empty();
            }
            ModelConfig.Builder message = ModelConfig.newBuilder();
            Set<String> stated = new JsonMessageReader(parser, findings).read(message);
            if (parser.nextToken() != null) {
                findings.problem(0, "has something behind the end of its JSON object");
            }
            return Optional.of(new JsonConfig(message.build(), stated));
        } catch (JacksonException e) {
            findings.problem(0, "is not JSON: " + e.getOriginalMessage() + position(e));
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    private static String position(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    @Override
    public int of(String field, int index, int count) {
        return 0;
    }

    @Override
    public boolean states(String field) {
        return stated.contains(field);
    }
}
