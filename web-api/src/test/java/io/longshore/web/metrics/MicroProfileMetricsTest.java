package io.longshore.web.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ServerMetrics;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;

class MicroProfileMetricsTest {
    private final Map<MetricID, Supplier<?>> registered = new ConcurrentHashMap<>();
    private List<ModelMetrics> models = List.of();
    private final MicroProfileMetrics metrics = new MicroProfileMetrics(registry(), new Told(), Thread::new);

    @Test
    void versionThatComesAndGoes_isRegisteredAndRemoved() {
        models = List.of(SampleMetrics.model("m", 1), SampleMetrics.model("m", 2));
        metrics.update();
        metrics.update();
        assertThat(value("nv_inference_request_success", "1")).isEqualTo(6.0);
        assertThat(value("nv_inference_request_success", "2")).isEqualTo(6.0);
        assertThat(value("longshore_queue_depth", "1")).isEqualTo(7.0);
        int both = registered.size();
        models = List.of(SampleMetrics.model("m", 2));
        metrics.update();

        assertThat(registered).hasSize(both / 2);
        assertThat(registered.keySet()).allMatch(id -> "2".equals(id.getTags().get("version")));
        metrics.close();
        assertThat(registered).isEmpty();
    }

    private Object value(String name, String version) {
        Tag[] tags = {new Tag("model", "m"), new Tag("version", version)};
        return Objects.requireNonNull(registered.get(new MetricID(name, tags))).get();
    }

    private final class Told implements ServerMetrics {
        @Override
        public List<ModelMetrics> models() {
            return models;
        }

        @Override
        public ServerLoad load() {
            throw new UnsupportedOperationException();
        }
    }

    /** A registry that knows what is used of it, and refuses what is registered twice. */
    private MetricRegistry registry() {
        return (MetricRegistry) Proxy.newProxyInstance(
                MetricRegistry.class.getClassLoader(), new Class<?>[] {MetricRegistry.class}, (self, method, given) -> {
                    if (method.getName().equals("gauge")) {
                        MetricID id = new MetricID(((Metadata) given[0]).getName(), (Tag[]) given[2]);
                        assertThat(registered.put(id, (Supplier<?>) given[1]))
                                .as("%s, tags %s", id, Arrays.toString(id.getTagsAsArray()))
                                .isNull();
                        return null;
                    }
                    assertThat(method.getName()).isEqualTo("remove");
                    return registered.remove((MetricID) given[0]) != null;
                });
    }
}
