package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.FakeTicker;
import io.longshore.inference.ManualDelayer;
import io.longshore.spi.BackendModel;
import io.longshore.tensor.CountingAllocator;
import java.util.concurrent.atomic.AtomicInteger;

/** What a scheduler is tested with, whichever it is: a clock, timers and threads that the test drives, and everything counted. */
abstract class CountedModel implements BackendModel {
    final FakeTicker ticker = new FakeTicker();
    final ManualDelayer delayer = new ManualDelayer(ticker);
    final PuppetExecutor executor = new PuppetExecutor();
    final CountingAllocator allocator = new CountingAllocator();
    final AtomicInteger openInstances = new AtomicInteger();
    final AtomicInteger misuses = new AtomicInteger();

    @Override
    public void close() {
        assertThat(openInstances).hasValue(0);
    }

    /** Closes the scheduler, and checks that it leaves nothing behind. */
    void closeAndCheckNothingIsLeft(Scheduler scheduler) {
        scheduler.close();
        close();
        assertThat(misuses).as("uses of closed or busy instances").hasValue(0);
        assertThat(delayer.pending()).as("timers left").isZero();
        assertThat(allocator.live()).as("tensors left").isZero();
    }
}
