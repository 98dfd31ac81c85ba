package io.longshore.protocol.config;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormatParseInfoTree;
import io.longshore.protocol.config.proto.ModelConfig;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration as protobuf's text format has it, with the line of every field.
 *
 * <p>The parser stops at the first enum value that it does not know. So that all problems come out at once, the value is
 * then replaced by {@link #BROKEN_ENUM} and the text is parsed again.
 */
final class ConfigText {
    /** The number of an enum value whose problem is reported already. */
    static final int BROKEN_ENUM = Integer.MAX_VALUE;

    private static final int MAX_REPAIRS = 100;
    private static final Pattern UNKNOWN_FIELD = Pattern.compile("(?m)^(\\d+):\\d+:\\t([\\w.]+)\\.(\\w+)$");
    private static final Pattern UNKNOWN_ENUM =
            Pattern.compile("Enum type \"([\\w.]+)\" has no value named \"(\\w+)\"");
    private static final Pattern POSITION_PREFIX = Pattern.compile("^\\d+:\\d+: ");

    private final ModelConfig message;
    private final TextConfigLines lines;
    private final boolean whole;

    private ConfigText(ModelConfig message, TextFormatParseInfoTree tree, boolean whole) {
        this.message = message;
        this.lines = new TextConfigLines(tree);
        this.whole = whole;
    }

    /** Parses a text; what is wrong with it goes to {@code findings}. */
    static ConfigText parse(String text, ConfigFindings findings) {
        String repaired = text;
        for (int i = 0; i < MAX_REPAIRS; i++) {
            ModelConfig.Builder message = ModelConfig.newBuilder();
            TextFormatParseInfoTree.Builder tree = TextFormatParseInfoTree.builder();
            try {
                parser(tree).merge(repaired, message);
                return new ConfigText(message.build(), tree.build(), true);
            } catch (TextFormat.ParseException e) {
                Matcher unknownEnum = UNKNOWN_ENUM.matcher(String.valueOf(e.getMessage()));
                if (unknownEnum.find()) {
                    reportEnum(e.getLine(), unknownEnum.group(1), unknownEnum.group(2), findings);
                    repaired = replaceWord(repaired, e.getLine(), e.getColumn(), unknownEnum.group(2));
                } else {
                    boolean whole = reportUnknownFields(e, findings);
                    return new ConfigText(message.build(), tree.build(), whole);
                }
            }
        }
        return new ConfigText(
                ModelConfig.getDefaultInstance(),
                TextFormatParseInfoTree.builder().build(),
                false);
    }

    private static TextFormat.Parser parser(TextFormatParseInfoTree.Builder tree) {
        return TextFormat.Parser.newBuilder()
                .setSingularOverwritePolicy(TextFormat.Parser.SingularOverwritePolicy.FORBID_SINGULAR_OVERWRITES)
                .setParseInfoTreeBuilder(tree)
                .build();
    }

    /** The fields that the text states. */
    ModelConfig message() {
        return message;
    }

    /** Where they stand. */
    ConfigLines lines() {
        return lines;
    }

    /** Whether the text was read to its end. */
    boolean isWhole() {
        return whole;
    }

    private static String replaceWord(String text, int line, int column, String word) {
        int from = 0;
        for (int i = 1; i < line; i++) {
            from = text.indexOf('\n', from) + 1;
        }
        int at = text.indexOf(word, Math.max(0, from + column - 1));
        return at < 0 ? "" : text.substring(0, at) + BROKEN_ENUM + text.substring(at + word.length());
    }

    private static void reportEnum(int line, String type, String value, ConfigFindings findings) {
        EnumDescriptor descriptor = ConfigSchema.enumType(type);
        String known = descriptor == null
                ? ""
                : ": use one of "
                        + descriptor.getValues().stream()
                                .map(EnumValueDescriptor::getName)
                                .collect(Collectors.joining(", "));
        findings.problem(line, "'" + value + "' is no value of " + type.substring(type.indexOf('.') + 1) + known);
    }

    /** Reports a fault of the text; true where it is nothing but unknown fields, so that the others were read. */
    private static boolean reportUnknownFields(TextFormat.ParseException e, ConfigFindings findings) {
        String message = String.valueOf(e.getMessage());
        Matcher unknown = UNKNOWN_FIELD.matcher(message);
        boolean any = false;
        while (unknown.find()) {
            any = true;
            findings.problem(Integer.parseInt(unknown.group(1)), unknownField(unknown.group(2), unknown.group(3)));
        }
        if (!any) {
            findings.problem(e.getLine(), POSITION_PREFIX.matcher(message).replaceFirst(""));
        }
        return any;
    }

    private static String unknownField(String type, String field) {
        Descriptor descriptor = ConfigSchema.messageType(type);
        String shortType = type.substring(type.indexOf('.') + 1);
        if (descriptor == null) {
            return shortType + " has no field '" + field + "'";
        }
        List<String> known =
                descriptor.getFields().stream().map(FieldDescriptor::getName).toList();
        return shortType + " has no field '" + field + "'"
                + Spelling.nearest(field, known)
                        .map(name -> "; did you mean '" + name + "'?")
                        .orElse("; it has " + String.join(", ", known));
    }
}
