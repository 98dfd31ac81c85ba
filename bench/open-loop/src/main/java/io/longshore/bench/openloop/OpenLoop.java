package io.longshore.bench.openloop;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends the same request at the times of a seeded Poisson process, whether or not the server keeps up. One thread keeps
 * the time, one event loop does the rest.
 */
public final class OpenLoop {
    private static final long LAST_ANSWER_SECONDS = 120;

    private final EventLoop loop;
    private final List<Connection> connections;

    private OpenLoop(EventLoop loop, Supplier<Connection> connection, int connections) {
        this.loop = loop;
        this.connections = Stream.generate(connection).limit(connections).toList();
    }

    /**
     * Prints a line for each request: microseconds from the time at which it was meant to be sent to its answer, and to its
     * sending; and, where the answer was none, the reason.
     *
     * @param args the target, {@code http://host:port/path} or {@code grpc://host:port/service/method}; the file of the body
     *     or message; requests a second; seconds that are measured; seconds before that are not; the seed; connections, which
     *     are requests under way at most; headers of HTTP as {@code name:value}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 7) {
            throw new IllegalArgumentException(
                    "usage: OpenLoop TARGET FILE RATE SECONDS WARMUP SEED CONNECTIONS [NAME:VALUE]...");
        }
        URI target = URI.create(args[0]);
        byte[] body = Files.readAllBytes(Path.of(args[1]));
        double rate = Double.parseDouble(args[2]);
        long seed = Long.parseLong(args[5]);
        Map<String, String> headers = headers(Arrays.asList(args).subList(7, args.length));
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), NioIoHandler.newFactory());
        OpenLoop load = new OpenLoop(
                loops.next(),
                "grpc".equals(target.getScheme())
                        ? () -> new GrpcConnection(loops, target, body)
                        : () -> new HttpConnection(loops, target, body, headers),
                Integer.parseInt(args[6]));
        load.run(Arrivals.poisson(rate, Duration.ofSeconds(Long.parseLong(args[4])), ~seed));
        Outcomes outcomes = load.run(Arrivals.poisson(rate, Duration.ofSeconds(Long.parseLong(args[3])), seed));
        load.connections.forEach(Connection::close);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        outcomes.print(out);
        out.flush();
    }

    private static Map<String, String> headers(List<String> args) {
        return args.stream()
                .map(arg -> arg.split(":", 2))
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> pair[1].strip()));
    }

    private Outcomes run(long[] arrivals) throws InterruptedException {
        Outcomes outcomes = new Outcomes(arrivals.length);
        Dispatcher dispatcher = new Dispatcher(connections, loop, System::nanoTime, outcomes);
        long start = System.nanoTime();
        for (int i = 0; i < arrivals.length; i++) {
            int index = i;
            long due = start + arrivals[i];
            sleepUntil(due);
            loop.execute(() -> dispatcher.arrive(index, due));
        }
        if (!outcomes.await(LAST_ANSWER_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "requests have no answer " + LAST_ANSWER_SECONDS + " s after the last was due");
        }
        return outcomes;
    }

    private static void sleepUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
