package io.longshore.web.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.FailureReason;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ServerMetrics;
import io.longshore.inference.ServerMetrics.CacheLoad;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
    private @Nullable CacheLoad cache;
    private List<ModelMetrics> models = List.of(SampleMetrics.model("m \"1\"\\", 3));

    @Test
    void tritonsCounters_haveTritonsNamesTypesAndUnits() {
        assertThat(lines(true, false))
                .contains(
                        "# TYPE nv_inference_request_success counter",
                        "nv_inference_request_success{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 6",
                        "# TYPE nv_inference_request_failure counter",
                        "nv_inference_request_failure{_team=\"search\",model=\"m \\\"1\\\"\\\\\",reason=\"REJECTED\",version=\"3\"} 0",
                        "nv_inference_request_failure{_team=\"search\",model=\"m \\\"1\\\"\\\\\",reason=\"BACKEND\",version=\"3\"} 2",
                        "nv_inference_count{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 9",
                        "nv_inference_exec_count{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 5",
                        "nv_inference_request_duration_us{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 1500000",
                        "nv_inference_queue_duration_us{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 12",
                        "nv_inference_compute_infer_duration_us{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 8",
                        "nv_inference_compute_input_duration_us{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 2",
                        "nv_inference_compute_output_duration_us{_team=\"search\",model=\"m \\\"1\\\"\\\\\",version=\"3\"} 3")
                .noneMatch(line -> line.startsWith("nv_") && line.matches("[a-z_]*_total[{ ].*"));
    }

    @Test
    void tritonsGauges_areThere() {
        models = List.of(SampleMetrics.model("m", 1));

        assertThat(lines(true, false))
                .contains(
                        "# TYPE nv_inference_pending_request_count gauge",
                        "nv_inference_pending_request_count{_team=\"search\",model=\"m\",version=\"1\"} 7.0",
                        "nv_model_load_duration_secs{_team=\"search\",model=\"m\",version=\"1\"} 0.25",
                        "longshore_requests_in_flight{_team=\"search\",model=\"m\",version=\"1\"} 11.0",
                        "longshore_queue_depth{_team=\"search\",model=\"m\",version=\"1\"} 7.0",
                        "longshore_queue_capacity{_team=\"search\",model=\"m\",version=\"1\"} 8192.0");
    }

    @Test
    void histograms_accumulateAndEndAtTheirCount() {
        models = List.of(SampleMetrics.model("m", 1));
        String labels = "{_team=\"search\",model=\"m\",version=\"1\"";

        assertThat(lines(true, false))
                .contains("# TYPE longshore_request_duration_seconds histogram")
                .containsSubsequence(
                        "longshore_request_duration_seconds_bucket" + labels + ",le=\"0.001\"} 3",
                        "longshore_request_duration_seconds_bucket" + labels + ",le=\"0.5\"} 5",
                        "longshore_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 6",
                        "longshore_request_duration_seconds_count" + labels + "} 6",
                        "longshore_request_duration_seconds_sum" + labels + "} 1.5")
                .noneMatch(line -> line.contains("first_response"));
    }

    @Test
    void metricsConfig_decidesOnTritonsLatencies() {
        models = List.of(SampleMetrics.model("m", 1));

        assertThat(lines(false, true))
                .noneMatch(line -> line.contains("duration_us"))
                .contains(
                        "nv_inference_first_response_histogram_ms_bucket{_team=\"search\",model=\"m\",version=\"1\",le=\"100.0\"} 4",
                        "nv_inference_first_response_histogram_ms_sum{_team=\"search\",model=\"m\",version=\"1\"} 5.0");
    }

    @Test
    void responseCache_hasTritonsNames_forModelsThatAskForIt() {
        models = List.of(SampleMetrics.model("plain", 1), SampleMetrics.cached("m"));
        cache = new CacheLoad(250, 1000, 3, 4, 6, 2, 9_999, 5_000);
        String labels = "{_team=\"search\",model=\"m\",version=\"1\"} ";

        assertThat(lines(true, false))
                .contains(
                        "# TYPE nv_cache_num_hits_per_model counter",
                        "nv_cache_num_hits_per_model" + labels + "4",
                        "nv_cache_num_misses_per_model" + labels + "5",
                        "nv_cache_hit_duration_per_model" + labels + "9",
                        "nv_cache_miss_duration_per_model" + labels + "7",
                        "# TYPE nv_cache_util gauge",
                        "nv_cache_util 0.25",
                        "nv_cache_num_entries 3.0",
                        "nv_cache_num_lookups 10.0",
                        "nv_cache_num_hits 4.0",
                        "nv_cache_num_misses 6.0",
                        "nv_cache_num_evictions 2.0",
                        "nv_cache_lookup_duration 9.0",
                        "nv_cache_insertion_duration 5.0")
                .noneMatch(line -> line.startsWith("nv_cache") && line.contains("plain"));
        assertThat(lines(false, false))
                .contains("nv_cache_num_hits_per_model" + labels + "4")
                .noneMatch(line -> line.contains("duration_per_model"));
    }

    @Test
    void serverWithoutCache_hasNoSeriesOfIt() {
        assertThat(lines(true, true)).noneMatch(line -> line.contains("nv_cache"));
    }

    @Test
    void serverWithoutModels_hasNoSeriesOfModels() {
        models = List.of();

        assertThat(lines(true, true))
                .noneMatch(line -> line.contains("model="))
                .contains(
                        "longshore_server_requests_in_flight 5.0",
                        "longshore_request_memory_bytes 100.0",
                        "longshore_request_memory_limit_bytes 1000.0",
                        "longshore_request_memory_refusals_total 2.0",
                        "longshore_requests_refused_total{reason=\"OTHER\"} 3.0",
                        "longshore_build_info{version=\"1.2.3\"} 1")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
                .anyMatch(line -> line.startsWith("process_cpu_seconds_total "));
    }

    @Test
    void eachFamily_hasOneTypeAndEachSeriesOneSample() {
        models = List.of(SampleMetrics.model("m", 1), SampleMetrics.model("m", 2), SampleMetrics.model("n", 1));
        Set<String> seen = new HashSet<>();

        for (String line : lines(true, true)) {
            String unique = line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' '));
            assertThat(seen.add(unique)).as(line).isTrue();
            assertThat(line).matches("# (HELP|TYPE) [a-z_:]+ .+|[a-z_0-9]+(\\{.+})? [-+.0-9EInfNa]+");
        }
    }

    private List<String> lines(boolean counters, boolean histograms) {
        MetricsSettings settings =
                new MetricsSettings(true, "127.0.0.1", 0, Duration.ofSeconds(2), true, counters, histograms);
        MachineUsage machine = new MachineUsage(Path.of("/not/there"), Duration.ofSeconds(2), new FakeTicker());
        byte[] text = new MetricsText(new Told(), settings, "1.2.3", machine).write();
        return new String(text, StandardCharsets.UTF_8).lines().toList();
    }

    private final class Told implements ServerMetrics {
        @Override
        public List<ModelMetrics> models() {
            return models;
        }

        @Override
        public ServerLoad load() {
            return new ServerLoad(5, Map.of(FailureReason.OTHER, 3L), new RequestMemory(100, 1000, 2), cache);
        }
    }
}
