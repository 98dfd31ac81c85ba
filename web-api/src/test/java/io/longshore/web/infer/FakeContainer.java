package io.longshore.web.infer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP exchange of a container that tests drive: bytes arrive when the test says so, and all output is kept. */
final class FakeContainer {
    final Map<String, String> requestHeaders = new HashMap<>();
    final Map<String, String> responseHeaders = new HashMap<>();
    final Input input = new Input();
    final Output output = new Output();
    final List<AsyncListener> listeners = new ArrayList<>();
    final CountDownLatch completed = new CountDownLatch(1);
    boolean isAsync;
    int status;
    int completions;

    private final AsyncContext context = proxy(AsyncContext.class, (method, args) -> switch (method) {
        case "addListener" -> listeners.add((AsyncListener) args[0]);
        case "complete" -> complete();
        case "setTimeout", "getRequest", "getResponse" -> null;
        default -> throw new UnsupportedOperationException(method);
    });

    HttpServletRequest request() {
        return proxy(HttpServletRequest.class, (method, args) -> switch (method) {
            case "getHeader" -> requestHeaders.get(args[0]);
            case "getHeaderNames" -> Collections.enumeration(requestHeaders.keySet());
            case "getContentLengthLong" -> Long.valueOf(requestHeaders.getOrDefault("Content-Length", "-1"));
            case "getInputStream" -> input;
            case "startAsync" -> startAsync();
            default -> throw new UnsupportedOperationException(method);
        });
    }

    HttpServletResponse response() {
        return proxy(HttpServletResponse.class, (method, args) -> switch (method) {
            case "setStatus" -> setStatus((int) args[0]);
            case "setContentType" -> responseHeaders.put("Content-Type", (String) args[0]);
            case "setContentLengthLong" -> responseHeaders.put("Content-Length", args[0].toString());
            case "setHeader" -> responseHeaders.put((String) args[0], (String) args[1]);
            case "getOutputStream" -> output;
            case "isCommitted" -> output.size() > 0;
            case "reset", "setBufferSize", "flushBuffer" -> null;
            default -> throw new UnsupportedOperationException(method);
        });
    }

    /** Tells the listeners that the exchange failed and completes it, as a container does when the client is gone. */
    void fail() throws IOException {
        for (AsyncListener listener : listeners) {
            listener.onError(new AsyncEvent(context, new IOException("connection reset")));
        }
        complete();
    }

    private AsyncContext startAsync() {
        isAsync = true;
        return context;
    }

    private @Nullable Object setStatus(int value) {
        status = value;
        return null;
    }

    private @Nullable Object complete() {
        completions++;
        completed.countDown();
        return null;
    }

    /** The request's body. Without a listener a read of bytes that have not arrived fails the test instead of blocking. */
    static final class Input extends ServletInputStream {
        private final Deque<byte[]> arrived = new ArrayDeque<>();
        private boolean isOver;
        private @Nullable ReadListener listener;

        /** Bytes arrive; a listener is told. */
        void arrive(byte[] bytes) throws IOException {
            arrived.add(bytes);
            if (listener != null) {
                listener.onDataAvailable();
            }
        }

        /** The body is over; a listener is told. */
        void end() throws IOException {
            isOver = true;
            if (listener != null) {
                listener.onAllDataRead();
            }
        }

        /** The client is gone. */
        void breakOff() {
            if (listener != null) {
                listener.onError(new IOException("connection reset"));
            }
        }

        boolean hasListener() {
            return listener != null;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            byte[] first = arrived.poll();
            if (first == null) {
                if (!isOver) {
                    throw new IOException("would block");
                }
                return -1;
            }
            int count = Math.min(length, first.length);
            System.arraycopy(first, 0, target, offset, count);
            if (count < first.length) {
                arrived.addFirst(Arrays.copyOfRange(first, count, first.length));
            }
            return count;
        }

        @Override
        public int available() {
            return arrived.isEmpty() ? 0 : 1;
        }

        @Override
        public boolean isFinished() {
            return isOver && arrived.isEmpty();
        }

        @Override
        public boolean isReady() {
            return listener == null || !arrived.isEmpty();
        }

        @Override
        public void setReadListener(ReadListener value) {
            listener = value;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }
    }

    /** The response's body. */
    static final class Output extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean isBroken;
        /** Run before each write, as long as it takes. */
        Runnable slowness = () -> {};

        synchronized int size() {
            return bytes.size();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        /** Runs something and waits until all that was written ends with this text. */
        synchronized void expect(String end, Runnable action) throws InterruptedException {
            int before = bytes.size();
            action.run();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (bytes.size() == before || !text().endsWith(end)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no '" + end + "' at the end of '" + text() + "'");
                }
                wait(left);
            }
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            slowness.run();
            if (isBroken) {
                throw new IOException("broken pipe");
            }
            synchronized (this) {
                bytes.write(source, offset, length);
                notifyAll();
            }
        }

        @Override
        public void write(int value) {
            bytes.write(value);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener value) {
            throw new UnsupportedOperationException();
        }
    }

    private interface Calls {
        @Nullable
        Object call(String method, Object[] args) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (Object self, Method method, Object[] args) -> calls.call(method.getName(), args)));
    }
}
