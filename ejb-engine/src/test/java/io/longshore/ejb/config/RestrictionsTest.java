package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.RequiredHeader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestrictionsTest {
    private static final String HTTP = "longshore.http.restricted-api";
    private static final String GRPC = "longshore.grpc.restricted-protocol";

    @Test
    void groups_giveEachCategoryItsHeader() {
        AccessRules rules = read("health, model-config:k1 = v1 ; shared-memory:k2=a:b=c");

        assertThat(rules.headers())
                .isEqualTo(Map.of(
                        ApiCategory.HEALTH, new RequiredHeader("k1", "v1"),
                        ApiCategory.MODEL_CONFIG, new RequiredHeader("k1", "v1"),
                        ApiCategory.SHARED_MEMORY, new RequiredHeader("k2", "a:b=c")));
    }

    @Test
    void header_isOfOneValueAlone() {
        RequiredHeader header = new RequiredHeader("k", "väl");

        assertThat(header.accepts("väl")).isTrue();
        assertThat(header.accepts("väl ")).isFalse();
        assertThat(header.accepts("")).isFalse();
        assertThat(header.accepts(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "longshore.http.restricted-api, api",
        "longshore.grpc.restricted-protocol, protocol",
    })
    void categoryInTwoGroups_isRefusedInTritonsWords(String key, String kind) {
        assertThat(problem(key, "model-repository,health:k1=v1;metadata,health:k2=v2"))
                .contains("restricted " + kind + " 'health' can not be specified in multiple config groups");
        assertThat(problem(key, "model-reposit:k1=v1")).contains("unknown restricted " + kind + " 'model-reposit'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "health=s3cret",
                "health:s3cret",
                ":k=s3cret",
                "health:=s3cret",
                "health:k=v;s3cret",
                "k=s3cret:health=x",
                "health:s3 cret=v",
                "health,S3CRET:k=v",
            })
    void badText_saysTheFormatAndNothingOfTheText(String text) {
        assertThat(problem(HTTP, text))
                .startsWith(HTTP + ": the value (not shown) from the test is invalid")
                .contains("expected entries 'category[,category...]:header=value'")
                .contains("model-repository")
                .doesNotContainIgnoringCase("s3cret");
    }

    @Test
    void headerThatGrpcCannotCarry_isRefused() {
        assertThat(problem(GRPC, "health:key-bin=v")).contains("the header of entry 1 is no name of a header");
        assertThat(read("health:key-bin=v").isEmpty()).isFalse();
    }

    @Test
    void rules_doNotShowTheirValues() {
        assertThat(read("health:k=s3cret").toString()).contains("k").doesNotContain("s3cret");
    }

    private static AccessRules read(String text) {
        return MapValues.reader(Map.of(HTTP, text)).read().http().access();
    }

    private static String problem(String key, String text) {
        return catchThrowableOfType(
                        InvalidConfigException.class,
                        () -> MapValues.reader(Map.of(key, text)).read())
                .problems()
                .get(0);
    }
}
