package io.longshore.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.longshore.model.Device;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest {
    private final MemoryLedger ledger = new MemoryLedger();

    @Test
    void bookings_addUpPerDevice() {
        Device gpu = new Device(Device.Kind.GPU, 0);
        ledger.reserve(Device.CPU, 5);
        ledger.reserve(gpu, 7);
        ledger.reserve(Device.CPU, 0);
        ledger.release(Device.CPU, 5);

        assertThat(ledger.reserved(Device.CPU)).isZero();
        assertThat(ledger.reserved(gpu)).isEqualTo(7);
    }

    @Test
    void impossibleBookings_changeNothing() {
        ledger.reserve(Device.CPU, 5);

        assertThatIllegalArgumentException().isThrownBy(() -> ledger.reserve(Device.CPU, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.release(Device.CPU, -1));
        assertThatIllegalStateException().isThrownBy(() -> ledger.release(Device.CPU, 6));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> ledger.reserve(Device.CPU, Long.MAX_VALUE));
        assertThat(ledger.reserved(Device.CPU)).isEqualTo(5);
    }
}
